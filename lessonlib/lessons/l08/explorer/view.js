// The view of lesson 08: the cell with its three gates above, the stream and its history below.

import { axis, label, line } from "../../../widgets/axes.js";
import { element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { hasModifier } from "../../../widgets/keys.js";
import { clamp } from "../../../widgets/numbers.js";

const ACROSS = 480; // the drawing's own units
const DOWN = 470;
const LANE = { left: 66, right: 470 };
const ROWS = { numbers: 226, gates: 262, memory: 372, output: 436 };
const NAMES = ["input", "forget", "output"];
const LETTERS = ["i", "f", "o"];
const PLACES = [
  { x: 92, y: 66 },
  { x: 226, y: 8 },
  { x: 330, y: 66 },
];
const GATE = { width: 34, height: 46 };
const HELP =
  "By hand: click a gate to open or shut it, or use the sliders. Keys, after Tab to a gate: " +
  "Space or its letter i, f, o opens and shuts, up and down move it by 0.1, the right arrow is " +
  "the next step.";

function cellView(stage, ask) {
  const svg = element("svg:svg", { viewBox: `0 0 ${ACROSS} ${DOWN}`, role: "group" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const cell = drawCell(svg);
  const lanes = drawLanes(svg);
  const seen = { frame: null };
  const open = (k, value) => {
    if (seen.frame.mode !== "by hand") return;
    ask("gate", { gate: NAMES[k], value: Math.round(10 * value) / 10 }, NAMES[k]);
  };
  const turn = (k) => open(k, seen.frame.gates[k] > 0.5 ? 0 : 1);
  cell.gates.forEach((gate, k) => gate.node.addEventListener("click", () => turn(k)));
  svg.addEventListener("keydown", (event) => {
    const gate = cell.gates.findIndex(({ node }) => node === event.target);
    const letter = LETTERS.indexOf(event.key.toLowerCase());
    const move = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
    if (hasModifier(event)) return;
    if (letter >= 0) turn(letter);
    else if (event.key === "ArrowRight") ask("next");
    else if (gate >= 0 && (event.key === " " || event.key === "Enter")) turn(gate);
    else if (gate >= 0 && move) {
      open(gate, clamp(seen.frame.gates[gate] + move, 0, 1));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return (frame) => {
    seen.frame = frame;
    set(svg, { "aria-label": `Memory cell. ${frame.summary}` });
    svg.classList.toggle("ns-cell-watched", frame.mode !== "by hand");
    updateCell(cell, frame);
    updateLanes(lanes, frame);
  };
}

const TEXT = { class: "ns-cell-text", anchor: "middle" };
const SOFT = { class: "ns-cell-soft", anchor: "middle" };
const LANE_NAME = { class: "ns-cell-soft", anchor: "end" };

// x_t -> [i] -> (+) -> memory -> [o] -> h_t, and back from the memory through [f] to the plus.
function drawCell(svg) {
  const wires = "M40 89H172 M190 89H222 M264 89H440 M243 66V40 M226 31H181V80";
  element("svg:path", { class: "ns-cell-wire", d: wires }, svg);
  element("svg:path", { class: "ns-cell-wire", d: "M433 84L441 89L433 94" }, svg);
  element("svg:circle", { class: "ns-cell-box", cx: 181, cy: 89, r: 10 }, svg);
  label(svg, [181, 94], "+", TEXT);
  const memory = element("svg:g", {}, svg);
  element("svg:rect", { class: "ns-cell-box", x: 222, y: 64, width: 42, height: 50 }, memory);
  const bar = { class: "ns-cell-memory", x: 224, width: 38, opacity: 0.75 };
  const level = element("svg:rect", bar, memory);
  axis(memory, "M222 89H264");
  label(svg, [243, 130], "memory c", TEXT);
  const held = label(svg, [243, 147], "", TEXT);
  label(svg, [24, 66], "in", TEXT);
  const number = label(svg, [22, 94], "", TEXT);
  label(svg, [456, 66], "out h", TEXT);
  const output = label(svg, [458, 94], "", TEXT);
  label(svg, [402, 80], "tanh", SOFT);
  const gates = PLACES.map((place, k) => drawGate(svg, place, k));
  return { level, held, number, output, gates };
}

function drawGate(svg, { x, y }, k) {
  const name = `${NAMES[k]} gate`;
  const limits = { role: "slider", "aria-valuemin": 0, "aria-valuemax": 1 };
  const look = { class: "ns-cell-gate", tabindex: 0, "aria-label": name };
  const node = element("svg:g", { ...look, ...limits, ...OWN_KEYS }, svg);
  element("svg:rect", { class: "ns-cell-box", x, y, ...GATE }, node);
  const inside = { class: "ns-cell-open", x: x + 2, width: GATE.width - 4 };
  const open = element("svg:rect", inside, node);
  const [left, top, anchor] = // the forget gate has room for its name on the right
    k === 1 ? [x + GATE.width + 8, y + 20, "start"] : [x + 17, y + 64, "middle"];
  label(node, [left, top], name, { ...TEXT, anchor });
  const value = label(node, [left, top + 17], "", { ...SOFT, anchor });
  return { node, open, value, y, letter: LETTERS[k] };
}

function updateCell(parts, { gates, memory, output, numbers, steps, mode }) {
  parts.gates.forEach((gate, k) => {
    const tall = gates[k] * (GATE.height - 4);
    set(gate.open, { y: gate.y + GATE.height - 2 - tall, height: tall });
    const value = gates[k].toFixed(mode === "by hand" ? 1 : 2);
    set(gate.value, { text: `${gate.letter} = ${value}` });
    set(gate.node, { "aria-valuenow": gates[k] });
  });
  const size = 23 * Math.min(1, Math.abs(memory));
  set(parts.level, { y: memory >= 0 ? 89 - size : 89, height: size });
  set(parts.held, { text: memory.toFixed(2) });
  set(parts.output, { text: output.toFixed(2) });
  const at = placeNow(numbers, steps, mode);
  set(parts.number, { text: numbers[at].toFixed(mode === "by hand" ? 1 : 2) });
}

// By hand the next number waits at the gate; the trained cell shows the one it has just read.
const placeNow = (numbers, steps, mode) =>
  clamp(mode === "by hand" ? steps : steps - 1, 0, numbers.length - 1);

function drawLanes(svg) {
  axis(svg, `M0 176H${ACROSS}`);
  const right = LANE.left - 6;
  label(svg, [right, ROWS.numbers + 4], "number", LANE_NAME);
  NAMES.forEach((name, k) => {
    label(svg, [right, ROWS.gates + 11 + 20 * k], `${name} ${LETTERS[k]}`, LANE_NAME);
  });
  label(svg, [right, ROWS.memory - 4], "memory", LANE_NAME);
  label(svg, [right, ROWS.memory + 11], "c", LANE_NAME);
  label(svg, [right, ROWS.output + 4], "output h", LANE_NAME);
  for (const y of [ROWS.numbers, ROWS.memory, ROWS.output]) {
    axis(svg, `M${LANE.left} ${y}H${LANE.right}`);
  }
  const now = element("svg:rect", { class: "ns-cell-now", y: 180, height: 284 }, svg);
  return { now, moving: element("svg:g", {}, svg) };
}

// Few shapes and short streams: each frame draws the lanes again.
function updateLanes(parts, frame) {
  const { numbers, past, steps, mode } = frame;
  const wide = (LANE.right - LANE.left) / numbers.length;
  set(parts.now, { x: LANE.left + wide * placeNow(numbers, steps, mode), width: wide });
  const lane = document.createDocumentFragment();
  const middle = (k) => LANE.left + wide * (k + 0.5);
  const column = (k, share) => ({ x: middle(k) - (share / 2) * wide, width: share * wide });
  drawNumbers(lane, frame, middle, column);
  for (let k = 0; k < steps; k++) drawGates(lane, past, k, column);
  // a trained cell may use a small range: its curves fill their lanes
  const reach = mode === "by hand" ? 1 : Math.max(0.1, ...past[4].map(Math.abs));
  const memory = { base: ROWS.memory, scale: 30 / reach, dash: "none" };
  const output = { base: ROWS.output, scale: 22 / reach, dash: "5 3" };
  drawCurve(lane, past[4], middle, { ...memory, colour: "var(--ns-negative)" });
  drawCurve(lane, past[5], middle, { ...output, colour: "var(--ns-gradient)" });
  drawWanted(lane, frame.wanted, middle);
  parts.moving.replaceChildren(lane);
}

function drawNumbers(lane, { numbers, signs }, middle, column) {
  numbers.forEach((value, k) => {
    const tall = 24 * Math.abs(value);
    const marked = signs[k] === "store" || signs[k] === "add" ? " ns-cell-marked" : "";
    const box = { y: value >= 0 ? ROWS.numbers - tall : ROWS.numbers, height: tall };
    element("svg:rect", { class: `ns-cell-number${marked}`, ...column(k, 0.7), ...box }, lane);
    if (signs[k]) label(lane, [middle(k), 194], signs[k], TEXT);
  });
}

function drawGates(lane, past, k, column) {
  for (let gate = 0; gate < 3; gate++) {
    const tall = 16 * past[gate][k];
    const box = { y: ROWS.gates + 20 * gate + 16 - tall, height: tall };
    element("svg:rect", { class: "ns-cell-open", ...column(k, 0.84), ...box }, lane);
  }
}

function drawCurve(lane, values, middle, { base, scale, colour, dash }) {
  const points = values.map((value, k) => [middle(k), base - clamp(scale * value, -36, 36)]);
  const look = { class: "ns-cell-line", style: `stroke: ${colour}`, "stroke-dasharray": dash };
  element("svg:path", { ...look, d: line(points) }, lane);
  for (const [cx, cy] of points) {
    element("svg:circle", { cx, cy, r: 2.4, style: `fill: ${colour}` }, lane);
  }
}

// What the task wants at each step, where it wants something.
function drawWanted(lane, wanted, middle) {
  wanted.forEach((value, k) => {
    const place = { cx: middle(k), cy: ROWS.output - 22 * value };
    if (value !== 0) element("svg:circle", { class: "ns-cell-wanted", ...place, r: 5 }, lane);
  });
}

export default explorer(cellView);
