// The graph of lesson 03: boxes, edges with their slope and gradient, a slider for each input.

import { slider } from "../../../widgets/controls.js";
import { element, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { fixed } from "../../../widgets/numbers.js";

const BOX = { width: 88, height: 64, columns: 146, rows: 88, edge: 8 };
const GUIDE =
  "In a box: name, value (green), gradient (red). On an edge: its slope (grey), and below it " +
  "what it has handed back (red).";

function graphView(stage, ask) {
  stage.classList.add("ns-graph");
  const svg = element("svg:svg", { role: "img" }, stage);
  const group = { class: "ns-inputs", role: "group", "aria-label": "Inputs" };
  const inputs = element("div", group, stage);
  element("p", { class: "ns-help", text: GUIDE }, stage);
  const sliders = new Map();
  return (frame) => {
    drawGraph(svg, frame);
    drawSliders(inputs, sliders, frame, ask);
  };
}

const left = (node) => BOX.edge + node.column * BOX.columns;
const middle = (node) => BOX.edge + node.row * BOX.rows + BOX.height / 2;

function drawGraph(svg, { nodes, edges, summary }) {
  const columns = Math.max(...nodes.map((node) => node.column));
  const rows = Math.max(...nodes.map((node) => node.row));
  const width = 2 * BOX.edge + columns * BOX.columns + BOX.width;
  const height = 2 * BOX.edge + rows * BOX.rows + BOX.height;
  set(svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": `Computation graph. ${summary}` });
  svg.replaceChildren();
  for (const edge of edges) drawEdge(svg, edge, nodes[edge.parent], nodes[edge.child]);
  for (const node of nodes) drawNode(svg, node);
}

function drawEdge(svg, edge, parent, child) {
  const looks = `${edge.handed ? "ns-walked" : ""} ${edge.now ? "ns-now" : ""}`;
  const group = element("svg:g", { class: looks }, svg);
  const [x, y] = [left(parent) + BOX.width, middle(parent)];
  const [u, v] = [left(child), middle(child)];
  element("svg:path", { class: "ns-edge", d: `M${x} ${y}L${u} ${v}` }, group);
  const at = { x: (x + u) / 2, y: (y + v) / 2 };
  element("svg:text", { class: "ns-slope", x: at.x, y: at.y - 5, text: edge.slope }, group);
  element("svg:text", { class: "ns-handed", x: at.x, y: at.y + 14, text: edge.handed }, group);
}

function drawNode(svg, node) {
  const looks = `${node.input ? "ns-input" : ""} ${node.now ? "ns-now" : ""}`;
  const group = element("svg:g", { class: looks }, svg);
  const [x, y] = [left(node), middle(node) - BOX.height / 2];
  const size = { width: BOX.width, height: BOX.height, rx: 6 };
  element("svg:rect", { class: "ns-box", x, y, ...size }, group);
  const line = (kind, down, text) =>
    element("svg:text", { class: `ns-${kind}`, x: x + BOX.width / 2, y: y + down, text }, group);
  line("title", 18, node.title);
  line("value", 37, node.value);
  line("grad", 56, node.grad);
}

function drawSliders(inputs, sliders, frame, ask) {
  const names = frame.sliders.map(({ name }) => name);
  if (names.join() !== [...sliders.keys()].join() || sliders.graph !== frame.graph) {
    inputs.replaceChildren();
    sliders.clear();
    sliders.graph = frame.graph;
    for (const one of frame.sliders) sliders.set(one.name, makeSlider(inputs, one, ask));
  }
  for (const { name, value } of frame.sliders) {
    const { node, show } = sliders.get(name);
    // While a slider is moved it knows better than the frame that is on its way.
    if (!node.matches(":active")) node.value = value;
    show(node.valueAsNumber);
  }
}

function makeSlider(inputs, { name, value, low, high, pitch }, ask) {
  const range = { name, min: low, max: high, step: pitch, value, "aria-label": `Input ${name}` };
  const take = (wanted) => ask("set", { input: name, value: wanted }, `set ${name}`);
  return slider(inputs, range, (shown) => fixed(shown, 1), take);
}

export default explorer(graphView);
