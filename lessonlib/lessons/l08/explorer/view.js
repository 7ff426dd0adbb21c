// The view of lesson 08: the cell with its three gates above, the stream and its history below.

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
const CELL_HELP =
  "By hand: click a gate to open or shut it, or use the sliders. Keys, after Tab to a gate: Space or its " +
  "letter i, f, o opens and shuts, up and down move it by 0.1, the right arrow is the next step.";

function cellView(stage, ask) {
  const svg = element("svg:svg", { viewBox: `0 0 ${ACROSS} ${DOWN}`, role: "group" }, stage);
  element("p", { class: "ns-help", text: CELL_HELP }, stage);
  const cell = drawCell(svg);
  const lanes = drawLanes(svg);
  const seen = { frame: null };
  const open = (k, value) => {
    if (seen.frame.mode !== "by hand") return;
    ask("gate", { gate: NAMES[k], value: Math.round(10 * value) / 10 }, NAMES[k]);
  };
  const turn = k => open(k, seen.frame.gates[k] > 0.5 ? 0 : 1);
  cell.gates.forEach((gate, k) => gate.node.addEventListener("click", () => turn(k)));
  svg.addEventListener("keydown", event => {
    const gate = cell.gates.findIndex(({ node }) => node === event.target);
    const letter = LETTERS.indexOf(event.key.toLowerCase());
    const move = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (letter >= 0) turn(letter);
    else if (event.key === "ArrowRight") ask("next");
    else if (gate >= 0 && (event.key === " " || event.key === "Enter")) turn(gate);
    else if (gate >= 0 && move) {
      open(gate, Math.max(0, Math.min(1, seen.frame.gates[gate] + move)));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return frame => {
    seen.frame = frame;
    svg.setAttribute("aria-label", `Memory cell. ${frame.summary}`);
    svg.classList.toggle("ns-cell-watched", frame.mode !== "by hand");
    updateCell(cell, frame);
    updateLanes(lanes, frame);
  };
}

function label(parent, x, y, text, look = "ns-cell-text", anchor = "middle") {
  return element("svg:text", { class: look, x, y, text, "text-anchor": anchor }, parent);
}

// x_t -> [i] -> (+) -> memory -> [o] -> h_t, and back from the memory through [f] to the plus.
function drawCell(svg) {
  const wires = "M40 89H172 M190 89H222 M264 89H440 M243 66V40 M226 31H181V80";
  element("svg:path", { class: "ns-cell-wire", d: wires }, svg);
  element("svg:path", { class: "ns-cell-wire", d: "M433 84L441 89L433 94" }, svg);
  element("svg:circle", { class: "ns-cell-box", cx: 181, cy: 89, r: 10 }, svg);
  label(svg, 181, 94, "+");
  const memory = element("svg:g", {}, svg);
  element("svg:rect", { class: "ns-cell-box", x: 222, y: 64, width: 42, height: 50 }, memory);
  const level = element("svg:rect", { class: "ns-cell-memory", x: 224, width: 38, opacity: 0.75 }, memory);
  element("svg:path", { class: "ns-axis", d: "M222 89H264" }, memory);
  label(svg, 243, 130, "memory c");
  const parts = { level, gates: [] };
  parts.held = label(svg, 243, 147, "");
  label(svg, 24, 66, "in");
  parts.number = label(svg, 22, 94, "");
  label(svg, 456, 66, "out h");
  parts.output = label(svg, 458, 94, "");
  label(svg, 402, 80, "tanh", "ns-cell-soft");
  PLACES.forEach((place, k) => parts.gates.push(drawGate(svg, place, k)));
  return parts;
}

function drawGate(svg, { x, y }, k) {
  const look = { class: "ns-cell-gate", tabindex: 0, role: "slider", "aria-label": `${NAMES[k]} gate` };
  const node = element("svg:g", { ...look, "data-lm-suppress-shortcuts": "true" }, svg);
  node.setAttribute("aria-valuemin", 0);
  node.setAttribute("aria-valuemax", 1);
  element("svg:rect", { class: "ns-cell-box", x, y, ...GATE }, node);
  const open = element("svg:rect", { class: "ns-cell-open", x: x + 2, width: GATE.width - 4 }, node);
  const name = `${NAMES[k]} gate`;
  const beside = k === 1;
  const at = beside ? [x + GATE.width + 8, y + 20, "start"] : [x + 17, y + 64, "middle"];
  label(node, at[0], at[1], name, "ns-cell-text", at[2]);
  const value = label(node, at[0], at[1] + 17, "", "ns-cell-soft", at[2]);
  return { node, open, value, x, y, letter: LETTERS[k] };
}

function updateCell(parts, { gates, memory, output, numbers, steps, mode }) {
  parts.gates.forEach((gate, k) => {
    const tall = gates[k] * (GATE.height - 4);
    gate.open.setAttribute("y", gate.y + GATE.height - 2 - tall);
    gate.open.setAttribute("height", tall);
    gate.value.textContent = `${gate.letter} = ${gates[k].toFixed(mode === "by hand" ? 1 : 2)}`;
    gate.node.setAttribute("aria-valuenow", gates[k]);
  });
  const size = 23 * Math.min(1, Math.abs(memory));
  parts.level.setAttribute("y", memory >= 0 ? 89 - size : 89);
  parts.level.setAttribute("height", size);
  parts.held.textContent = memory.toFixed(2);
  parts.output.textContent = output.toFixed(2);
  // by hand the next number waits at the gate; the trained cell shows the one it has just read
  const at = Math.min(numbers.length - 1, mode === "by hand" ? steps : Math.max(0, steps - 1));
  parts.number.textContent = numbers[at].toFixed(mode === "by hand" ? 1 : 2);
}

function drawLanes(svg) {
  element("svg:path", { class: "ns-axis", d: `M0 176H${ACROSS}` }, svg);
  const right = LANE.left - 6;
  label(svg, right, ROWS.numbers + 4, "number", "ns-cell-soft", "end");
  NAMES.forEach((name, k) => {
    label(svg, right, ROWS.gates + 11 + 20 * k, `${name} ${LETTERS[k]}`, "ns-cell-soft", "end");
  });
  label(svg, right, ROWS.memory - 4, "memory", "ns-cell-soft", "end");
  label(svg, right, ROWS.memory + 11, "c", "ns-cell-soft", "end");
  label(svg, right, ROWS.output + 4, "output h", "ns-cell-soft", "end");
  for (const y of [ROWS.numbers, ROWS.memory, ROWS.output]) {
    element("svg:path", { class: "ns-axis", d: `M${LANE.left} ${y}H${LANE.right}` }, svg);
  }
  const parts = { now: element("svg:rect", { class: "ns-cell-now", y: 180, height: 284 }, svg) };
  parts.moving = element("svg:g", {}, svg);
  return parts;
}

// Few shapes and short streams: the lanes are drawn anew in each frame.
function updateLanes(parts, frame) {
  const { numbers, signs, past, steps, wanted } = frame;
  const wide = (LANE.right - LANE.left) / numbers.length;
  const next = Math.min(numbers.length - 1, frame.mode === "by hand" ? steps : Math.max(0, steps - 1));
  parts.now.setAttribute("x", LANE.left + wide * next);
  parts.now.setAttribute("width", wide);
  const middle = k => LANE.left + wide * (k + 0.5);
  const fresh = document.createDocumentFragment();
  numbers.forEach((value, k) => {
    const tall = 24 * Math.abs(value);
    const look = signs[k] === "store" || signs[k] === "add" ? "ns-cell-number ns-cell-marked" : "ns-cell-number";
    const y = value >= 0 ? ROWS.numbers - tall : ROWS.numbers;
    element("svg:rect", { class: look, x: middle(k) - 0.35 * wide, y, width: 0.7 * wide, height: tall }, fresh);
    if (signs[k]) label(fresh, middle(k), 194, signs[k]);
  });
  for (let k = 0; k < steps; k++) {
    for (let gate = 0; gate < 3; gate++) {
      const look = { class: "ns-cell-open", x: middle(k) - 0.42 * wide, width: 0.84 * wide };
      const tall = 16 * past[gate][k];
      element("svg:rect", { ...look, y: ROWS.gates + 20 * gate + 16 - tall, height: tall }, fresh);
    }
  }
  // a trained cell may use a small range: its curves fill their lanes
  const reach = frame.mode === "by hand" ? 1 : Math.max(0.1, ...past[4].map(Math.abs));
  drawCurve(fresh, past[4], middle, ROWS.memory, 30 / reach, "var(--ns-negative)", "none");
  drawCurve(fresh, past[5], middle, ROWS.output, 22 / reach, "var(--ns-gradient)", "5 3");
  wanted.forEach((value, k) => {
    if (value === 0) return;
    const y = ROWS.output - 22 * value;
    element("svg:circle", { class: "ns-cell-wanted", cx: middle(k), cy: y, r: 5 }, fresh);
  });
  parts.moving.replaceChildren(fresh);
}

function drawCurve(parent, values, middle, base, scale, colour, dash) {
  const at = value => base - Math.max(-36, Math.min(36, scale * value));
  const d = values.map((value, k) => `${k ? "L" : "M"}${middle(k).toFixed(1)} ${at(value).toFixed(1)}`);
  const curve = element("svg:path", { class: "ns-cell-line", d: d.join(""), "stroke-dasharray": dash }, parent);
  curve.style.stroke = colour;
  values.forEach((value, k) => {
    const dot = element("svg:circle", { cx: middle(k), cy: at(value), r: 2.4 }, parent);
    dot.style.fill = colour;
  });
}

export default explorer(cellView);
