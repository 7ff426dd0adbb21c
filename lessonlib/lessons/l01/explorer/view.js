// The plane of lesson 01: half-planes, line, weight vector, and points that mouse, finger and keys
// move.

import { axis, label } from "../../../widgets/axes.js";
import { eachChild, element, set } from "../../../widgets/element.js";
import { explorer, reducedMotion } from "../../../widgets/explorer.js";
import { ARROWS, hasModifier } from "../../../widgets/keys.js";
import { clamp } from "../../../widgets/numbers.js";
import { Plane } from "../../../widgets/plane.js";
import { onDrag } from "../../../widgets/pointer.js";

const SIZE = 440; // the drawing's own units
const HELP =
  "Drag a point. Double-click it to change its class (with Shift: remove it), the plane to add " +
  "one. Keys: Tab to a point, arrows move it (Shift: finer), Space changes its class, A adds, " +
  "Delete removes.";

function perceptronView(stage, ask) {
  const svg = element("svg:svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const scenery = drawScenery(svg);
  const crowd = element("svg:g", {}, svg);
  const plane = new Plane(svg, SIZE);
  const now = { frame: null, dragged: -1 };
  listenPointer(svg, plane, now, ask);
  listenKeys(svg, plane, now, ask);
  return (frame) => {
    now.frame = frame;
    plane.reach = frame.reach;
    plane.edge = 1.12 * frame.reach;
    const count = frame.points.length;
    set(svg, { "aria-label": `Plane with ${count} points. ${frame.summary}` });
    drawLine(scenery, plane, frame);
    drawPoints(crowd, plane, now);
  };
}

function drawScenery(svg) {
  const parts = {};
  parts.negative = element("svg:polygon", { class: "ns-half ns-negative" }, svg);
  parts.positive = element("svg:polygon", { class: "ns-half ns-positive" }, svg);
  const half = SIZE / 2;
  axis(svg, `M0 ${half}H${SIZE}M${half} 0V${SIZE}`);
  const name = { class: "ns-axis-name", anchor: "end" };
  label(svg, [SIZE - 6, half - 6], "x₁", name);
  label(svg, [half - 6, 16], "x₂", name);
  parts.old = element("svg:path", { class: "ns-line ns-old" }, svg);
  parts.line = element("svg:path", { class: "ns-line" }, svg);
  for (const kind of ["before", "added", "weight"]) {
    parts[kind] = element("svg:path", { class: `ns-arrow ns-arrow-${kind}` }, svg);
  }
  parts.ring = element("svg:circle", { class: "ns-ring", r: 16 }, svg);
  const arrowName = "ns-axis-name ns-arrow-name";
  parts.addedName = element("svg:text", { class: `${arrowName} ns-arrow-added` }, svg);
  parts.weightName = element("svg:text", { class: arrowName }, svg);
  return parts;
}

// The part of the square where sign * (w . x + b) >= 0, by cutting the square along the line.
function cut([w1, w2, b], sign, edge) {
  const corners = [
    [-edge, -edge],
    [edge, -edge],
    [edge, edge],
    [-edge, edge],
  ];
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
  const end = (side) => {
    const x1 = foot[0] - (side * far * w2) / length;
    const x2 = foot[1] + (side * far * w1) / length;
    return `${plane.toX(x1)} ${plane.toY(x2)}`;
  };
  return `M${end(1)}L${end(-1)}`;
}

function drawLine(parts, plane, { line, before, points, visited, wrong, visits }) {
  const none = line.every((value) => value === 0);
  for (const [side, sign] of [
    ["positive", 1],
    ["negative", -1],
  ]) {
    const outline = none ? [] : cut(line, sign, plane.edge);
    const text = outline.map(([x1, x2]) => `${plane.toX(x1)},${plane.toY(x2)}`).join(" ");
    set(parts[side], { points: text });
  }
  set(parts.line, { d: lineThrough(plane, line) });
  set(parts.old, { d: before ? lineThrough(plane, before) : "" });
  if (before && parts.drawn !== visits && !reducedMotion()) {
    parts.old.animate([{ opacity: 1 }, { opacity: 0.45 }], { duration: 900 });
  }
  parts.drawn = visits;
  drawVectors(parts, plane, line, before);
  const shown = visited >= 0 && visited < points.length;
  parts.ring.style.display = shown ? "" : "none";
  parts.ring.classList.toggle("ns-wrong", wrong);
  if (!shown) return;
  const [x1, x2] = points[visited];
  set(parts.ring, { cx: plane.toX(x1), cy: plane.toY(x2) });
}

// The triangle  w before + y x = w  from the origin, made smaller where it would leave the plane.
function drawVectors(parts, plane, line, before) {
  const longest = Math.max(
    Math.hypot(line[0], line[1]),
    before ? Math.hypot(before[0], before[1]) : 0,
  );
  const scale = Math.min(1, (0.8 * plane.reach) / (longest || 1));
  const end = line.slice(0, 2).map((value) => value * scale);
  const start = before ? before.slice(0, 2).map((value) => value * scale) : end;
  set(parts.weight, { d: arrow(plane, [0, 0], end) });
  set(parts.before, { d: before ? arrow(plane, [0, 0], start) : "" });
  set(parts.added, { d: before ? arrow(plane, start, end) : "" });
  const name = longest === 0 ? "" : scale < 1 ? `w × ${scale.toPrecision(2)}` : "w";
  placeName(parts.weightName, plane, end, end, name);
  const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  // next to the added vector, on the side that w is not on
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
  const barb = (side) => `${u - a - side * 0.45 * b} ${v - b + side * 0.45 * a}`;
  return `M${x} ${y}L${u} ${v}M${barb(1)}L${u} ${v}L${barb(-1)}`;
}

// Words next to the point `at`, a little way off in the direction `away`.
function placeName(text, plane, at, away, words) {
  const length = Math.hypot(...away) || 1;
  const [u, v] = [away[0] / length, -away[1] / length];
  const [x, y] = [plane.toX(at[0]) + 14 * u, plane.toY(at[1]) + 14 * v + 5];
  const roomy = x > 70 && x < SIZE - 70;
  const left = roomy ? u < -0.4 : x >= SIZE - 70;
  const anchor = left ? "end" : roomy && u < 0.4 ? "middle" : "start";
  set(text, { text: words, x, y: clamp(y, 16, SIZE - 8), "text-anchor": anchor });
}

function drawPoints(crowd, plane, { frame: { points }, dragged }) {
  const focused = crowd.contains(document.activeElement);
  const make = () => drawPoint(crowd);
  eachChild(crowd, points, make, (node, [x1, x2, sign], index) => {
    const kind = sign > 0 ? "positive" : "negative";
    const words = `Point ${index + 1} of ${points.length}, class ${sign > 0 ? "+1" : "-1"}`;
    const place = `at ${x1.toFixed(2)}, ${x2.toFixed(2)}`;
    set(node, { class: `ns-point ns-${kind}`, "aria-label": `${words}, ${place}` });
    set(node, { "data-index": index });
    if (dragged !== index) plane.place(node, [x1, x2]);
  });
  if (focused && !crowd.contains(document.activeElement)) crowd.lastChild?.focus();
}

function drawPoint(crowd) {
  const node = element("svg:g", { tabindex: 0, role: "button" }, crowd);
  element("svg:circle", { class: "ns-touch", r: 18 }, node);
  element("svg:circle", { class: "ns-focus", r: 14 }, node);
  element("svg:circle", { class: "ns-circle", r: 8.5 }, node);
  element("svg:rect", { class: "ns-square", x: -7.5, y: -7.5, width: 15, height: 15 }, node);
  return node;
}

function listenPointer(svg, plane, now, ask) {
  let tap = { time: 0, x: 0, y: 0 };
  const twice = (event) => {
    const near = Math.hypot(event.clientX - tap.x, event.clientY - tap.y) < 12;
    const second = near && event.timeStamp - tap.time < 400;
    tap = { time: second ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    return second;
  };
  const change = (event, index) => {
    const [x, y] = plane.at(event);
    if (index < 0) ask("add", { x, y, label: 1 });
    else ask(event.shiftKey ? "remove" : "flip", { index });
  };
  onDrag(svg, {
    grab(event) {
      if (event.button !== 0 || !now.frame) return false;
      const point = event.target.closest(".ns-point");
      const index = Number(point?.dataset.index ?? -1);
      if (twice(event)) change(event, index);
      else if (point) {
        event.preventDefault();
        point.focus();
        now.dragged = index;
        return true;
      }
      return false;
    },
    move(event) {
      const [x, y] = plane.at(event);
      plane.place(svg.querySelector(`[data-index="${now.dragged}"]`), [x, y]);
      ask("move", { index: now.dragged, x, y }, `move ${now.dragged}`);
    },
    drop() {
      now.dragged = -1;
    },
  });
}

function listenKeys(svg, plane, now, ask) {
  svg.addEventListener("keydown", (event) => {
    const node = event.target.closest(".ns-point");
    if (!node || !now.frame || hasModifier(event)) return;
    const index = Number(node.dataset.index);
    const point = now.frame.points[index];
    const [x, y, sign] = point;
    if (event.key in ARROWS) {
      // Several presses before the answer add up.
      [point[0], point[1]] = plane.nudged([x, y], event.key, event.shiftKey ? 0.01 : 0.05);
      plane.place(node, point);
      ask("move", { index, x: point[0], y: point[1] }, `move ${index}`);
    } else if (event.key === " " || event.key === "Enter") ask("flip", { index });
    else if (event.key === "Delete" || event.key === "Backspace") ask("remove", { index });
    else if (event.key.toLowerCase() === "a") {
      const step = 0.2 * plane.reach;
      ask("add", { x: x > 0 ? x - step : x + step, y, label: sign });
    } else return;
    event.preventDefault();
  });
}

export default explorer(perceptronView);
