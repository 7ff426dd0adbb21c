// The race of lesson 04: the surface as shaded bands, the paths of the optimizers, a start to drag.

import { line, sample } from "../../../widgets/axes.js";
import { button } from "../../../widgets/controls.js";
import { eachChild, element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { ARROWS, hasModifier } from "../../../widgets/keys.js";
import { bytes, clamp, floats } from "../../../widgets/numbers.js";
import { paintPixels } from "../../../widgets/paint.js";
import { Plane } from "../../../widgets/plane.js";
import { onDrag } from "../../../widgets/pointer.js";

const SIDE = 440; // the drawing's own units
const BANDS = 14;
// marker around (0, 0), dash of the path; the colours are in view.css
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
const HELP =
  "Drag the ring to another start (keys: Tab to it, arrows move it, Shift: finer). The cross " +
  "marks a minimum. The fuller the colour, the higher the loss.";

function raceView(stage, ask) {
  const course = element("div", { class: "ns-race" }, stage);
  const canvas = element("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" }, course);
  const svg = element("svg:svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group" }, course);
  const plane = new Plane(svg, SIDE);
  const minima = element("svg:g", {}, svg);
  const tracks = element("svg:g", {}, svg);
  const start = drawStart(svg);
  const group = { class: "ns-race-legend", role: "group", "aria-label": "Optimisers shown" };
  const legend = element("div", group, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const now = { frame: null, painted: null, dragged: false };
  listenStart(start, plane, now, ask);
  return (frame) => {
    now.frame = frame;
    plane.middle = frame.middle;
    plane.edge = plane.reach = frame.reach;
    set(svg, { "aria-label": `Surface with paths. ${frame.summary}` });
    if (now.painted !== frame.surface) {
      paintSurface(canvas, frame);
      minima.replaceChildren();
      for (const at of frame.minima) drawCross(minima, plane, at);
      now.painted = frame.surface;
    }
    drawTracks(tracks, plane, frame);
    if (!now.dragged) placeStart(start, plane, frame.start);
    drawLegend(legend, frame, ask);
  };
}

// Heights 0 to 255 on a coarse grid become bands with a line between two of them. Ink on glass:
// blue and grey with some transparency suit a light and a dark ground.
function paintSurface(canvas, { ground, grid }) {
  const bands = bandsOf(bytes(ground), grid);
  paintPixels(canvas, SIDE, SIDE, (pixels) => {
    for (let k = 0; k < bands.length; k++) {
      const edge = bands[k] !== bands[k + 1] || bands[k] !== bands[k + SIDE];
      pixels.set(edge ? [120, 120, 120, 150] : [40, 120, 190, 12 + 9 * bands[k]], 4 * k);
    }
  });
}

// The band of each pixel, from heights interpolated between the points of the grid.
function bandsOf(heights, grid) {
  const bands = new Int16Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    const v = (row * (grid - 1)) / (SIDE - 1);
    const j = Math.min(grid - 2, Math.floor(v));
    const b = v - j;
    for (let column = 0; column < SIDE; column++) {
      const u = (column * (grid - 1)) / (SIDE - 1);
      const i = Math.min(grid - 2, Math.floor(u));
      const [a, at] = [u - i, j * grid + i];
      const upper = heights[at] * (1 - a) + heights[at + 1] * a;
      const lower = heights[at + grid] * (1 - a) + heights[at + grid + 1] * a;
      bands[row * SIDE + column] = Math.floor(((upper * (1 - b) + lower * b) / 256) * BANDS);
    }
  }
  return bands;
}

function drawCross(minima, plane, [x, y]) {
  const [u, v] = [plane.toX(x), plane.toY(y)];
  const d = `M${u - 6} ${v - 6}L${u + 6} ${v + 6}M${u - 6} ${v + 6}L${u + 6} ${v - 6}`;
  element("svg:path", { class: "ns-race-minimum", d }, minima);
}

function drawTracks(tracks, plane, { names, shown, paths }) {
  const make = (k) => makeTrack(tracks, names[k]);
  eachChild(tracks, names, make, (track, name) => {
    track.style.display = shown.includes(name) ? "" : "none";
    if (shown.includes(name)) drawTrack(track, plane, floats(paths[name]));
  });
}

function makeTrack(tracks, name) {
  const { slug, dash, marker } = LOOKS[name];
  const track = element("svg:g", { "data-name": name }, tracks);
  const stroke = `stroke: var(--ns-race-${slug})`;
  element("svg:path", { class: "ns-race-under" }, track);
  element("svg:path", { class: "ns-race-path", style: stroke, "stroke-dasharray": dash }, track);
  const fill = `fill: var(--ns-race-${slug})`;
  element("svg:path", { class: "ns-race-head", d: marker, style: fill }, track);
  return track;
}

const hold = (value) => clamp(value, -9 * SIDE, 9 * SIDE); // far outside is far enough

function drawTrack(track, plane, numbers) {
  const places = [];
  for (let k = 0; k < numbers.length; k += 2) {
    places.push([hold(plane.toX(numbers[k])), hold(plane.toY(numbers[k + 1]))]);
  }
  const [under, path, head] = track.children;
  const d = line(places);
  set(under, { d });
  set(path, { d });
  const [x, y] = places.at(-1);
  set(head, { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
}

function drawStart(svg) {
  const look = { class: "ns-race-start", tabindex: 0, role: "button", ...OWN_KEYS };
  const node = element("svg:g", look, svg);
  element("svg:circle", { class: "ns-race-touch", r: 20 }, node);
  element("svg:circle", { class: "ns-focus", r: 15 }, node);
  element("svg:circle", { class: "ns-race-ring", r: 10 }, node);
  return node;
}

function placeStart(node, plane, place) {
  plane.place(node, place);
  const [u, v] = place.map((value) => (Math.round(100 * value) / 100 + 0).toFixed(2)); // no "-0.00"
  set(node, { "aria-label": `Start of the race, at ${u}, ${v}` });
}

function listenStart(start, plane, now, ask) {
  const go = (place) => {
    now.frame.start = place;
    placeStart(start, plane, place);
    ask("start", { x: place[0], y: place[1] }, "start");
  };
  onDrag(plane.svg, {
    grab(event) {
      if (event.button !== 0 || !now.frame || !start.contains(event.target)) return false;
      event.preventDefault();
      start.focus();
      now.dragged = true;
      return true;
    },
    move: (event) => go(plane.at(event)),
    drop() {
      now.dragged = false;
    },
  });
  start.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS) || hasModifier(event)) return;
    go(plane.nudged(now.frame.start, event.key, event.shiftKey ? 0.005 : 0.05));
    event.preventDefault();
  });
}

function drawLegend(legend, { names, shown }, ask) {
  const make = (k) => makeButton(legend, names[k], ask);
  eachChild(legend, names, make, (node, name) => {
    set(node, { "aria-pressed": shown.includes(name) });
  });
}

function makeButton(legend, name, ask) {
  const { slug, dash, marker } = LOOKS[name];
  const toggle = () => ask("toggle", { optimizer: name });
  const node = button(legend, { title: `Show or hide ${name}` }, toggle);
  const colour = `var(--ns-race-${slug})`;
  const path = { class: "ns-race-path", d: "M2 0H30", "stroke-dasharray": dash };
  const svg = sample(node, { viewBox: "0 -8 40 16" }, { ...path, style: `stroke: ${colour}` });
  const head = { d: marker, style: `fill: ${colour}`, transform: "translate(31 0)" };
  element("svg:path", head, svg);
  element("span", { text: name }, node);
  return node;
}

export default explorer(raceView);
