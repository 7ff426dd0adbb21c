// The plane of lesson 01: half-planes, line, weight vector, and points that mouse, finger and keys move.

const SIZE = 440; // the drawing's own units
const NUDGE = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const HELP =
  "Drag a point. Double-click it to change its class (with Shift: remove it), the plane to add " +
  "one. Keys: Tab to a point, arrows move it (Shift: finer), Space changes its class, A adds, " +
  "Delete removes.";

function perceptronView(stage, ask) {
  const svg = element("svg:svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const scenery = drawScenery(svg);
  const crowd = element("svg:g", {}, svg);
  const plane = { reach: 1, frame: null, dragged: -1 };
  const edge = () => 1.12 * plane.reach;
  plane.toX = x1 => (SIZE / 2) * (1 + x1 / edge());
  plane.toY = x2 => (SIZE / 2) * (1 - x2 / edge());
  plane.at = event => {
    const box = svg.getBoundingClientRect();
    return {
      x: edge() * ((2 * (event.clientX - box.left)) / box.width - 1),
      y: edge() * (1 - (2 * (event.clientY - box.top)) / box.height),
    };
  };
  listenPointer(svg, plane, ask);
  listenKeys(svg, plane, ask);
  return frame => {
    plane.frame = frame;
    plane.reach = frame.reach;
    const count = frame.points.length;
    svg.setAttribute("aria-label", `Plane with ${count} points. ${frame.summary}`);
    drawLine(scenery, plane, frame);
    drawPoints(crowd, plane, frame);
  };
}

function drawScenery(svg) {
  const parts = {};
  parts.negative = element("svg:polygon", { class: "ns-half ns-negative" }, svg);
  parts.positive = element("svg:polygon", { class: "ns-half ns-positive" }, svg);
  const half = SIZE / 2;
  element("svg:path", { class: "ns-axis", d: `M0 ${half}H${SIZE}M${half} 0V${SIZE}` }, svg);
  const name = { class: "ns-axis-name", "text-anchor": "end" };
  element("svg:text", { ...name, x: SIZE - 6, y: half - 6, text: "x₁" }, svg);
  element("svg:text", { ...name, x: half - 6, y: 16, text: "x₂" }, svg);
  parts.old = element("svg:path", { class: "ns-line ns-old" }, svg);
  parts.line = element("svg:path", { class: "ns-line" }, svg);
  for (const kind of ["before", "added", "weight"]) {
    parts[kind] = element("svg:path", { class: `ns-arrow ns-arrow-${kind}` }, svg);
  }
  parts.ring = element("svg:circle", { class: "ns-ring", r: 16 }, svg);
  parts.addedName = element("svg:text", { class: "ns-arrow-name ns-arrow-added" }, svg);
  parts.weightName = element("svg:text", { class: "ns-arrow-name" }, svg);
  return parts;
}

// The part of the square where sign * (w . x + b) >= 0, by cutting the square along the line.
function cut([w1, w2, b], sign, edge) {
  const corners = [[-edge, -edge], [edge, -edge], [edge, edge], [-edge, edge]];
  const height = ([x1, x2]) => sign * (w1 * x1 + w2 * x2 + b);
  const kept = [];
  corners.forEach((p, k) => {
    const q = corners[(k + 1) % 4];
    const [hp, hq] = [height(p), height(q)];
    if (hp >= 0) kept.push(p);
    if (hp < 0 !== hq < 0) {
      const share = hp / (hp - hq);
      kept.push([p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1])]);
    }
  });
  return kept;
}

function lineThrough(plane, [w1, w2, b]) {
  const length = Math.hypot(w1, w2);
  if (length === 0) return "";
  const foot = [(-w1 * b) / length ** 2, (-w2 * b) / length ** 2];
  const far = 4 * plane.reach + Math.hypot(...foot);
  if (Math.hypot(...foot) > 4 * plane.reach) return ""; // the line is far outside the plane
  const end = side => {
    const x1 = foot[0] - (side * far * w2) / length;
    const x2 = foot[1] + (side * far * w1) / length;
    return `${plane.toX(x1)} ${plane.toY(x2)}`;
  };
  return `M${end(1)}L${end(-1)}`;
}

function drawLine(parts, plane, { line, before, points, visited, wrong, visits }) {
  const edge = 1.12 * plane.reach;
  const none = line.every(value => value === 0);
  for (const [side, sign] of [["positive", 1], ["negative", -1]]) {
    const outline = none ? [] : cut(line, sign, edge);
    const text = outline.map(([x1, x2]) => `${plane.toX(x1)},${plane.toY(x2)}`).join(" ");
    parts[side].setAttribute("points", text);
  }
  parts.line.setAttribute("d", lineThrough(plane, line));
  parts.old.setAttribute("d", before ? lineThrough(plane, before) : "");
  if (before && parts.drawn !== visits && !reducedMotion()) {
    parts.old.animate([{ opacity: 1 }, { opacity: 0.45 }], { duration: 900 });
  }
  parts.drawn = visits;
  drawVectors(parts, plane, line, before);
  const shown = visited >= 0 && visited < points.length;
  parts.ring.style.display = shown ? "" : "none";
  parts.ring.classList.toggle("ns-wrong", wrong);
  if (shown) placeRing(parts.ring, plane, points[visited]);
}

function placeRing(ring, plane, [x1, x2]) {
  ring.setAttribute("cx", plane.toX(x1));
  ring.setAttribute("cy", plane.toY(x2));
}

// The triangle  w before + y x = w  from the origin, made smaller where it would leave the plane.
function drawVectors(parts, plane, line, before) {
  const longest = Math.max(Math.hypot(line[0], line[1]), before ? Math.hypot(before[0], before[1]) : 0);
  const scale = Math.min(1, (0.8 * plane.reach) / (longest || 1));
  const end = line.slice(0, 2).map(value => value * scale);
  const start = before ? before.slice(0, 2).map(value => value * scale) : end;
  parts.weight.setAttribute("d", arrow(plane, [0, 0], end));
  parts.before.setAttribute("d", before ? arrow(plane, [0, 0], start) : "");
  parts.added.setAttribute("d", before ? arrow(plane, start, end) : "");
  const name = longest === 0 ? "" : scale < 1 ? `w × ${scale.toPrecision(2)}` : "w";
  placeName(parts.weightName, plane, end, end, name);
  const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  // beside the added vector, on the side that w is not on
  const side = start[0] * end[1] - start[1] * end[0] > 0 ? -1 : 1;
  const away = [-side * (end[1] - start[1]), side * (end[0] - start[0])];
  const turned = before && Math.hypot(before[0], before[1]) > 0;
  placeName(parts.addedName, plane, middle, away, turned ? "+ y·x" : "");
}

function arrow(plane, from, to) {
  const [x, y, u, v] = [plane.toX(from[0]), plane.toY(from[1]), plane.toX(to[0]), plane.toY(to[1])];
  const length = Math.hypot(u - x, v - y);
  if (length < 2) return "";
  const head = Math.min(11, length);
  const [a, b] = [((u - x) / length) * head, ((v - y) / length) * head];
  const barb = side => `${u - a - side * 0.45 * b} ${v - b + side * 0.45 * a}`;
  return `M${x} ${y}L${u} ${v}M${barb(1)}L${u} ${v}L${barb(-1)}`;
}

// Words beside the point `at`, a little way off in the direction `away`.
function placeName(text, plane, at, away, words) {
  const length = Math.hypot(...away) || 1;
  const [u, v] = [away[0] / length, -away[1] / length];
  const [x, y] = [plane.toX(at[0]) + 14 * u, plane.toY(at[1]) + 14 * v + 5];
  text.textContent = words;
  const roomy = x > 70 && x < SIZE - 70;
  const left = roomy ? u < -0.4 : x >= SIZE - 70;
  text.setAttribute("text-anchor", left ? "end" : roomy && u < 0.4 ? "middle" : "start");
  text.setAttribute("x", x);
  text.setAttribute("y", Math.min(SIZE - 8, Math.max(16, y)));
}

function drawPoints(crowd, plane, { points }) {
  while (crowd.children.length > points.length) {
    const last = crowd.lastChild;
    const focused = last === document.activeElement;
    last.remove();
    if (focused) crowd.lastChild.focus();
  }
  points.forEach(([x1, x2, label], index) => {
    const node = crowd.children[index] || drawPoint(crowd, index);
    const sign = label > 0 ? "+1" : "-1";
    const place = `${x1.toFixed(2)}, ${x2.toFixed(2)}`;
    node.setAttribute("class", `ns-point ns-${label > 0 ? "positive" : "negative"}`);
    node.setAttribute("aria-label", `Point ${index + 1} of ${points.length}, class ${sign}, at ${place}`);
    if (plane.dragged !== index) movePoint(node, plane, x1, x2);
  });
}

function drawPoint(crowd, index) {
  const node = element("svg:g", { tabindex: 0, role: "button", "data-index": index }, crowd);
  element("svg:circle", { class: "ns-touch", r: 18 }, node);
  element("svg:circle", { class: "ns-focus", r: 14 }, node);
  element("svg:circle", { class: "ns-circle", r: 8.5 }, node);
  element("svg:rect", { class: "ns-square", x: -7.5, y: -7.5, width: 15, height: 15 }, node);
  return node;
}

function movePoint(node, plane, x1, x2) {
  node.setAttribute("transform", `translate(${plane.toX(x1)} ${plane.toY(x2)})`);
}

function listenPointer(svg, plane, ask) {
  let tap = { time: 0, x: 0, y: 0 };
  const inside = value => Math.max(-plane.reach, Math.min(plane.reach, value));
  const indexOf = event => Number(event.target.closest(".ns-point")?.dataset.index ?? -1);

  const twice = event => {
    const near = Math.hypot(event.clientX - tap.x, event.clientY - tap.y) < 12;
    const second = near && event.timeStamp - tap.time < 400;
    tap = { time: second ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    return second;
  };
  svg.addEventListener("pointerdown", event => {
    if (event.button !== 0 || !plane.frame) return;
    const index = indexOf(event);
    if (twice(event)) {
      const { x, y } = plane.at(event);
      if (index < 0) ask("add", { x: inside(x), y: inside(y), label: 1 });
      else ask(event.shiftKey ? "remove" : "flip", { index });
      return;
    }
    if (index < 0) return;
    event.preventDefault();
    event.target.closest(".ns-point").focus();
    plane.dragged = index;
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    if (plane.dragged < 0) return;
    const at = plane.at(event);
    const [x, y] = [inside(at.x), inside(at.y)];
    movePoint(svg.querySelector(`[data-index="${plane.dragged}"]`), plane, x, y);
    ask("move", { index: plane.dragged, x, y }, `move ${plane.dragged}`);
  });
  const drop = () => {
    plane.dragged = -1;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
}

function listenKeys(svg, plane, ask) {
  svg.addEventListener("keydown", event => {
    const node = event.target.closest(".ns-point");
    if (!node || !plane.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Number(node.dataset.index);
    const point = plane.frame.points[index];
    const [x, y, label] = point;
    const size = plane.reach * (event.shiftKey ? 0.01 : 0.05);
    if (event.key in NUDGE) {
      const [dx, dy] = NUDGE[event.key];
      // Several presses before the answer add up.
      const hold = value => Math.max(-plane.reach, Math.min(plane.reach, value));
      [point[0], point[1]] = [hold(x + dx * size), hold(y + dy * size)];
      movePoint(node, plane, point[0], point[1]);
      ask("move", { index, x: point[0], y: point[1] }, `move ${index}`);
    } else if (event.key === " " || event.key === "Enter") ask("flip", { index });
    else if (event.key === "Delete" || event.key === "Backspace") ask("remove", { index });
    else if (event.key.toLowerCase() === "a") {
      ask("add", { x: x > 0 ? x - 0.2 * plane.reach : x + 0.2 * plane.reach, y, label });
    } else return;
    event.preventDefault();
  });
}

export default explorer(perceptronView);
