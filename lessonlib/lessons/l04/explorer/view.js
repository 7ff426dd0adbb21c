// The race of lesson 04: the surface as shaded bands, the paths of the optimisers, a start to drag.

const SIDE = 440; // the drawing's own units
const BANDS = 14;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
// marker around (0, 0), dash of the path; the colours are in STYLE
const LOOKS = {
  SGD: { slug: "sgd", marker: "M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z", dash: "" },
  momentum: { slug: "momentum", marker: "M-5.5 -5.5H5.5V5.5H-5.5Z", dash: "8 4" },
  Nesterov: { slug: "nesterov", marker: "M0 -7L7 5.5H-7Z", dash: "8 3 2 3" },
  RMSProp: { slug: "rmsprop", marker: "M0 -7.5L7.5 0L0 7.5L-7.5 0Z", dash: "2 3" },
  Adam: {
    slug: "adam",
    marker: "M-2.2 -7H2.2V-2.2H7V2.2H2.2V7H-2.2V2.2H-7V-2.2H-2.2Z",
    dash: "13 4",
  },
};
const STYLE = `
.ns-explorer { --ns-race-sgd: #0b5fa5; --ns-race-momentum: #b8500b; --ns-race-nesterov: #1e7b57;
  --ns-race-rmsprop: #7a3e9d; --ns-race-adam: #a3324e; }
[data-jp-theme-light="false"] .ns-explorer { --ns-race-sgd: #74b8f7; --ns-race-momentum: #ff9d52;
  --ns-race-nesterov: #6fd6ac; --ns-race-rmsprop: #d3a5f2; --ns-race-adam: #ff93aa; }
.ns-race { position: relative; }
.ns-race canvas { position: absolute; inset: 1px; width: calc(100% - 2px); height: calc(100% - 2px); }
.ns-stage .ns-race svg { position: relative; background: none; box-sizing: border-box; }
.ns-race-path { fill: none; stroke-width: 2.2; }
.ns-race-under { fill: none; stroke: var(--ns-ground); stroke-width: 4.5; opacity: 0.55; }
.ns-race-head { stroke: var(--ns-ground); stroke-width: 1.3; }
.ns-race-minimum { stroke: var(--ns-ink); stroke-width: 2.2; fill: none; }
.ns-race-start { cursor: grab; }
.ns-race-start circle { fill: transparent; }
.ns-race-start .ns-race-ring { stroke: var(--ns-ink); stroke-width: 2.4; }
.ns-explorer .ns-race-start:focus { outline: none; }
.ns-race-start:focus .ns-focus { stroke: var(--ns-ink); stroke-width: 2.2; stroke-dasharray: 3 3; }
.ns-race-legend { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0 4px; }
.ns-race-legend button { display: flex; align-items: center; gap: 5px; padding: 2px 8px 2px 4px;
  border: 1px solid var(--ns-frame); border-radius: 3px; background: var(--ns-ground);
  color: var(--ns-ink); font: inherit; font-size: 13px; cursor: pointer; }
.ns-race-legend button[aria-pressed="false"] { color: var(--ns-soft); border-style: dashed; }
.ns-race-legend button[aria-pressed="false"] svg { opacity: 0.35; }
.ns-stage .ns-race-legend svg { width: 40px; height: 16px; border: 0; background: none; }
`;
const RACE_HELP =
  "Drag the ring to another start (keys: Tab to it, arrows move it, Shift: finer). The cross marks " +
  "a minimum. The fuller the colour, the higher the loss.";

function raceView(stage, ask) {
  element("style", { text: STYLE }, stage);
  const course = element("div", { class: "ns-race" }, stage);
  const canvas = element("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" }, course);
  const svg = element("svg:svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group" }, course);
  const plane = planeOf(svg);
  const minima = element("svg:g", {}, svg);
  const tracks = element("svg:g", {}, svg);
  const start = drawStart(svg);
  const legend = element(
    "div",
    { class: "ns-race-legend", role: "group", "aria-label": "Optimisers shown" },
    stage,
  );
  element("p", { class: "ns-help", text: RACE_HELP }, stage);
  listenStart(svg, start, plane, ask);
  return frame => {
    plane.frame = frame;
    svg.setAttribute("aria-label", `Surface with paths. ${frame.summary}`);
    if (plane.painted !== frame.surface) {
      paint(canvas, frame);
      minima.replaceChildren();
      for (const at of frame.minima) drawCross(minima, plane, at);
      plane.painted = frame.surface;
    }
    drawTracks(tracks, plane, frame);
    if (!plane.dragged) placeStart(start, plane, frame.start);
    drawLegend(legend, frame, ask);
  };
}

function planeOf(svg) {
  const plane = { frame: null, painted: null, dragged: false };
  const scale = () => SIDE / (2 * plane.frame.reach);
  plane.toX = x => SIDE / 2 + (x - plane.frame.middle[0]) * scale();
  plane.toY = y => SIDE / 2 - (y - plane.frame.middle[1]) * scale();
  plane.inside = (x, y) => {
    const { middle, reach } = plane.frame;
    const hold = (value, k) => Math.max(middle[k] - reach, Math.min(middle[k] + reach, value));
    return [hold(x, 0), hold(y, 1)];
  };
  plane.at = event => {
    const box = svg.getBoundingClientRect();
    const { middle, reach } = plane.frame;
    const x = middle[0] + reach * ((2 * (event.clientX - box.left)) / box.width - 1);
    const y = middle[1] + reach * (1 - (2 * (event.clientY - box.top)) / box.height);
    return plane.inside(x, y);
  };
  return plane;
}

// Heights 0 to 255 on a coarse grid become bands with a line between two of them. Ink on glass:
// blue and grey with some transparency suit a light and a dark ground.
function paint(canvas, { ground, grid }) {
  const heights = bytesOf(ground);
  const context = canvas.getContext("2d");
  const picture = context.createImageData(SIDE, SIDE);
  const bands = new Int16Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    const v = (row * (grid - 1)) / (SIDE - 1);
    const [j, b] = [Math.min(grid - 2, Math.floor(v)), v - Math.min(grid - 2, Math.floor(v))];
    for (let column = 0; column < SIDE; column++) {
      const u = (column * (grid - 1)) / (SIDE - 1);
      const i = Math.min(grid - 2, Math.floor(u));
      const [a, at] = [u - i, j * grid + i];
      const upper = heights[at] * (1 - a) + heights[at + 1] * a;
      const lower = heights[at + grid] * (1 - a) + heights[at + grid + 1] * a;
      bands[row * SIDE + column] = Math.floor(((upper * (1 - b) + lower * b) / 256) * BANDS);
    }
  }
  for (let k = 0; k < bands.length; k++) {
    const edge = bands[k] !== bands[k + 1] || bands[k] !== bands[k + SIDE];
    const [red, green, blue, alpha] = edge ? [120, 120, 120, 150] : [40, 120, 190, 12 + 9 * bands[k]];
    picture.data.set([red, green, blue, alpha], 4 * k);
  }
  context.putImageData(picture, 0, 0);
}

function bytesOf(buffer) {
  return buffer instanceof DataView
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

function drawCross(minima, plane, [x, y]) {
  const [u, v] = [plane.toX(x), plane.toY(y)];
  const d = `M${u - 6} ${v - 6}L${u + 6} ${v + 6}M${u - 6} ${v + 6}L${u + 6} ${v - 6}`;
  element("svg:path", { class: "ns-race-minimum", d }, minima);
}

function drawTracks(tracks, plane, { names, shown, paths }) {
  for (const name of names) {
    const look = LOOKS[name];
    let track = tracks.querySelector(`[data-name="${name}"]`);
    if (!track) {
      track = element("svg:g", { "data-name": name }, tracks);
      const stroke = `stroke: var(--ns-race-${look.slug})`;
      element("svg:path", { class: "ns-race-under" }, track);
      element("svg:path", { class: "ns-race-path", style: stroke, "stroke-dasharray": look.dash }, track);
      const fill = `fill: var(--ns-race-${look.slug})`;
      element("svg:path", { class: "ns-race-head", d: look.marker, style: fill }, track);
    }
    track.style.display = shown.includes(name) ? "" : "none";
    if (shown.includes(name)) drawTrack(track, plane, paths[name]);
  }
}

function drawTrack(track, plane, buffer) {
  const bytes = bytesOf(buffer);
  const numbers = new Float32Array(bytes.slice().buffer);
  const places = [];
  const hold = value => Math.max(-9 * SIDE, Math.min(9 * SIDE, value)); // far outside is far enough
  for (let k = 0; k < numbers.length; k += 2) {
    places.push([hold(plane.toX(numbers[k])), hold(plane.toY(numbers[k + 1]))]);
  }
  const d = places.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  track.children[0].setAttribute("d", d);
  track.children[1].setAttribute("d", d);
  const [x, y] = places.at(-1);
  track.children[2].setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
}

function drawStart(svg) {
  const keys = { tabindex: 0, role: "button", "data-lm-suppress-shortcuts": "true" };
  const node = element("svg:g", { class: "ns-race-start", ...keys }, svg);
  element("svg:circle", { class: "ns-race-touch", r: 20 }, node);
  element("svg:circle", { class: "ns-focus", r: 15 }, node);
  element("svg:circle", { class: "ns-race-ring", r: 10 }, node);
  return node;
}

function placeStart(node, plane, [x, y]) {
  node.setAttribute("transform", `translate(${plane.toX(x)} ${plane.toY(y)})`);
  const [u, v] = [x, y].map(value => (Math.round(100 * value) / 100 + 0).toFixed(2)); // no "-0.00"
  node.setAttribute("aria-label", `Start of the race, at ${u}, ${v}`);
}

function listenStart(svg, start, plane, ask) {
  const go = ([x, y]) => {
    plane.frame.start = [x, y];
    placeStart(start, plane, [x, y]);
    ask("start", { x, y }, "start");
  };
  start.addEventListener("pointerdown", event => {
    if (event.button !== 0 || !plane.frame) return;
    event.preventDefault();
    start.focus();
    plane.dragged = true;
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    if (plane.dragged) go(plane.at(event));
  });
  const drop = () => {
    plane.dragged = false;
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  start.addEventListener("keydown", event => {
    if (!(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
    const [dx, dy] = MOVES[event.key];
    const size = plane.frame.reach * (event.shiftKey ? 0.005 : 0.05);
    const [x, y] = plane.frame.start;
    go(plane.inside(x + dx * size, y + dy * size));
    event.preventDefault();
  });
}

function drawLegend(legend, { names, shown }, ask) {
  names.forEach((name, k) => {
    const look = LOOKS[name];
    let button = legend.children[k];
    if (!button) {
      const what = { type: "button", title: `Show or hide ${name}` };
      button = element("button", { ...what, "data-lm-suppress-shortcuts": "true" }, legend);
      const sample = element("svg:svg", { viewBox: "0 -8 40 16", "aria-hidden": "true" }, button);
      const colour = `var(--ns-race-${look.slug})`;
      const line = { class: "ns-race-path", d: "M2 0H30", "stroke-dasharray": look.dash };
      element("svg:path", { ...line, style: `stroke: ${colour}` }, sample);
      const head = { d: look.marker, style: `fill: ${colour}`, transform: "translate(31 0)" };
      element("svg:path", head, sample);
      element("span", { text: name }, button);
      button.addEventListener("click", () => ask("toggle", { optimiser: name }));
    }
    button.setAttribute("aria-pressed", String(shown.includes(name)));
  });
}

export default explorer(raceView);
