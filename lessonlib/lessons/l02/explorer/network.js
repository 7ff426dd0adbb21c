// The network of lesson 02: a tile for every feature and unit, links as wide as weights are large.

import { element, set } from "../../../widgets/element.js";
import { ARROWS, hasModifier } from "../../../widgets/keys.js";
import { bytes, clamp, fixed, floats } from "../../../widgets/numbers.js";
import { paintPixels, sharp } from "../../../widgets/paint.js";

export const TILE = 20; // cells of a tile's map along one side
const SIDE = 36; // pixels of a tile along one side
const PITCH = 45; // from one unit to the next one below
const TOP = 24; // room for the names of the layers

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
// "x1*x2" is written x₁x₂, "sin(x1)" sin x₁, "x1^2" x₁²
export const pretty = (name) =>
  name
    .replace(/\d/g, (digit) => SUBSCRIPTS[digit])
    .replace("^₂", "²")
    .replace(/[*)]/g, "")
    .replace("(", " ");
const signed = (value) => (Number.isFinite(value) ? fixed(value, 2) : "not a number");

// Square maps, one below the other, a pixel for each cell: 0 to 255 goes from the negative colour
// over the ground to the positive one, at most `strength` of it.
export function paintMaps(canvas, cells, side, colours, strength) {
  const table = new Uint8ClampedArray(1024).fill(255);
  for (let k = 0; k < 256; k++) {
    const value = Math.max(-1, (k - 128) / 127);
    const end = value < 0 ? colours.negative : colours.positive;
    const share = strength * Math.abs(value);
    colours.ground.forEach((from, c) => {
      table[4 * k + c] = from + share * (end[c] - from);
    });
  }
  const whole = new Uint32Array(table.buffer); // a pixel at a time
  paintPixels(canvas, side, cells.length / side, (data) => {
    const pixels = new Uint32Array(data.buffer);
    for (let k = 0; k < cells.length; k++) pixels[k] = whole[cells[k]];
  });
}

// What the frame's flat weights mean: columns of units, and for each unit its bias and weights.
function readNetwork(frame) {
  const { features, hidden } = frame.settings;
  const sizes = [features.length, ...hidden, 1];
  const weights = floats(frame.weights);
  const layers = [];
  let at = 0;
  for (let k = 1; k < sizes.length; k++) {
    const [fan, units] = [sizes[k - 1], sizes[k]];
    const end = at + fan * units;
    layers.push({
      fan,
      weights: weights.subarray(at, end),
      biases: weights.subarray(end, end + units),
    });
    at = end + units;
  }
  const name = (column, unit) => {
    if (column === 0) return pretty(features[unit]);
    return column === sizes.length - 1 ? "output" : `unit ${column}.${unit + 1}`;
  };
  return { sizes, layers, name };
}

export function incoming(net, column, unit) {
  const layer = net.layers[column - 1];
  const names = Array.from({ length: layer.fan }, (_, k) => net.name(column - 1, k));
  const values = Array.from(layer.weights.subarray(unit * layer.fan, (unit + 1) * layer.fan));
  return { names: [...names, "bias"], values: [...values, layer.biases[unit]] };
}

export function networkView(parent, look) {
  const board = element("div", { class: "ns-net", role: "group", "aria-label": "Network" }, parent);
  const canvas = element("canvas", { "aria-hidden": "true" }, board);
  const tip = element("div", { class: "ns-tip", "aria-hidden": "true" }, board);
  const [small, surface] = [document.createElement("canvas"), document.createElement("canvas")];
  const nodes = { board, canvas, tip, small, surface, columns: [], heads: [] };
  const view = { ...nodes, look, shape: "", link: null };
  view.draw = (frame, colours) => drawNetwork(view, frame, colours);
  listenLinks(view);
  listenUnits(view, look);
  return view;
}

const columnX = (view, column) => {
  const room = view.width - SIDE - 4;
  return 2 + (view.net.sizes.length > 1 ? (room * column) / (view.net.sizes.length - 1) : 0);
};
const unitY = (view, column, unit) => {
  const most = Math.max(...view.net.sizes);
  return TOP + (unit + (most - view.net.sizes[column]) / 2) * PITCH;
};

function drawNetwork(view, frame, colours) {
  view.net = readNetwork(frame);
  Object.assign(view, { frame, colours, width: view.board.clientWidth });
  const shape = `${frame.settings.features}|${frame.settings.hidden}`;
  if (shape !== view.shape) layTiles(view, view.look, shape);
  placeTiles(view);
  paintMaps(view.small, bytes(frame.units), TILE, colours, 0.95);
  paintMaps(view.surface, bytes(frame.surface), 2 * TILE, colours, 0.95);
  const [seenColumn, seenUnit] = view.look.at() || [view.columns.length - 1, 0];
  view.columns.forEach((column, k) => {
    column.forEach((button, unit) => {
      button.classList.toggle("ns-seen", k === seenColumn && unit === seenUnit);
      // a screen reader is told new numbers when the play has stopped, not thirty times a second
      if (frame.playing && button.hasAttribute("aria-label")) return;
      set(button, { "aria-label": describe(view.net, k, unit) });
    });
  });
  drawBoard(view);
}

function describe(net, column, unit) {
  if (column === 0) return `Input ${net.name(0, unit)}`;
  const { names, values } = incoming(net, column, unit);
  const list = names.map((name, k) => `${name} ${signed(values[k])}`).join(", ");
  return `${net.name(column, unit)}, weights from ${list}`;
}

function layTiles(view, look, shape) {
  const had = view.board.contains(document.activeElement) ? look.at() : null;
  for (const node of [...view.columns.flat(), ...view.heads]) node.remove();
  view.shape = shape;
  view.link = null;
  const head = (k) =>
    k === 0 ? "inputs" : k === view.net.sizes.length - 1 ? "output" : `layer ${k}`;
  view.heads = view.net.sizes.map((_, k) =>
    element("div", { class: "ns-head", text: head(k) }, view.board),
  );
  view.columns = view.net.sizes.map((units, column) =>
    Array.from({ length: units }, (_, unit) => layTile(view, column, unit)),
  );
  look.keepInside(view.net.sizes);
  const [column, unit] = look.at() || [view.columns.length - 1, 0];
  view.columns[column][unit].tabIndex = 0;
  if (had) view.columns[column][unit].focus();
}

function layTile(view, column, unit) {
  const look = { class: "ns-unit", type: "button", tabindex: -1 };
  const place = { "data-column": column, "data-unit": unit };
  const button = element("button", { ...look, ...place }, view.board);
  if (column === 0) element("span", { class: "ns-feature", text: view.net.name(0, unit) }, button);
  return button;
}

function placeTiles(view) {
  view.columns.forEach((column, k) => {
    const x = columnX(view, k);
    view.heads[k].style.left = `${x + SIDE / 2}px`;
    column.forEach((button, unit) => {
      button.style.transform = `translate(${x}px, ${unitY(view, k, unit)}px)`;
    });
  });
}

function linkEnds(view, column, unit, source) {
  const [y, v] = [unitY(view, column - 1, source) + SIDE / 2, unitY(view, column, unit) + SIDE / 2];
  return [columnX(view, column - 1) + SIDE, y, columnX(view, column), v];
}

// One canvas for all links and tiles: a canvas for each tile would cost the browser a layer each.
function drawBoard(view) {
  const { net, board, colours } = view;
  const height = TOP + Math.max(...net.sizes) * PITCH;
  board.style.height = `${height}px`;
  const context = sharp(view.canvas, view.width, height);
  const lit = view.look.at(); // links that touch the unit looked at stand out from the others
  net.layers.forEach((layer, k) => {
    layer.weights.forEach((weight, j) => {
      const [unit, source] = [Math.floor(j / layer.fan), j % layer.fan];
      const touches =
        !lit || (lit[0] === k + 1 ? lit[1] === unit : lit[0] === k && lit[1] === source);
      drawLink(
        context,
        linkEnds(view, k + 1, unit, source),
        weight,
        colours,
        touches ? (lit ? 1.8 : 1) : 0.3,
      );
    });
  });
  if (view.link) showLink(view, context);
  drawTiles(view, context);
}

function drawTiles(view, context) {
  let row = 0;
  view.columns.forEach((column, k) => {
    const last = k === view.columns.length - 1;
    const [source, side] = last ? [view.surface, 2 * TILE] : [view.small, TILE];
    column.forEach((_, unit) => {
      const top = last ? 0 : TILE * row++;
      // half a cell inside, so that smoothing does not mix neighbouring tiles
      const part = [0.5, top + 0.5, side - 1, side - 1];
      context.drawImage(source, ...part, columnX(view, k), unitY(view, k, unit), SIDE, SIDE);
    });
  });
}

// Width by size; colour and dash by sign.
function drawLink(context, [x, y, u, v], weight, colours, strength, colour = null) {
  const size = Number.isFinite(weight) ? Math.min(5, Math.abs(weight)) : 0;
  context.beginPath();
  context.moveTo(x, y);
  context.bezierCurveTo((x + u) / 2, y, (x + u) / 2, v, u, v);
  context.setLineDash(weight < 0 ? [6, 3] : []);
  context.lineWidth = 0.5 + 1.5 * size;
  context.strokeStyle = colours.css(
    colour || (weight < 0 ? "negative" : "positive"),
    strength * (0.3 + 0.13 * size),
  );
  context.stroke();
}

function showLink(view, context) {
  const { column, unit, source, x, y } = view.link;
  const layer = view.net.layers[column - 1];
  const value = layer.weights[unit * layer.fan + source];
  drawLink(context, linkEnds(view, column, unit, source), value, view.colours, 3, "ink");
  const [from, to] = [view.net.name(column - 1, source), view.net.name(column, unit)];
  set(view.tip, { text: `${from} → ${to}: ${signed(value)}` });
  view.tip.style.display = "block";
  view.tip.style.left = `${Math.min(x + 10, view.width - view.tip.offsetWidth)}px`;
  view.tip.style.top = `${y + 12}px`;
}

function nearestLink(view, x, y) {
  let best = null;
  view.net.layers.forEach((layer, k) => {
    for (let j = 0; j < layer.weights.length; j++) {
      const [unit, source] = [Math.floor(j / layer.fan), j % layer.fan];
      const [a, b, c, d] = linkEnds(view, k + 1, unit, source);
      const t = bezierShare((x - a) / (c - a));
      if (t === null) continue;
      const away = Math.abs(y - (b + (d - b) * (3 * t * t - 2 * t * t * t)));
      if (away < (best?.away ?? 7)) best = { away, column: k + 1, unit, source, x, y };
    }
  });
  return best;
}

// The curve's parameter where it has gone the given share of its way along x: 1.5 t - 1.5 t² + t³.
function bezierShare(share) {
  if (!(share >= 0 && share <= 1)) return null;
  let t = share;
  for (let k = 0; k < 8; k++) {
    t -= (1.5 * t - 1.5 * t * t + t ** 3 - share) / (1.5 - 3 * t + 3 * t * t); // Newton's method
  }
  return t;
}

function listenLinks(view) {
  const leave = () => {
    if (!view.link) return;
    view.link = null;
    view.tip.style.display = "none";
    drawBoard(view);
  };
  view.board.addEventListener("pointermove", (event) => {
    if (!view.net) return;
    if (event.target !== view.canvas && event.target !== view.board) return leave();
    const box = view.board.getBoundingClientRect();
    const link = nearestLink(view, event.clientX - box.left, event.clientY - box.top);
    if (!link) return leave();
    view.link = link;
    drawBoard(view);
  });
  view.board.addEventListener("pointerleave", leave);
}

function unitAt(node) {
  const button = node.closest?.(".ns-unit");
  return button ? [Number(button.dataset.column), Number(button.dataset.unit)] : null;
}

// One tab stop for all units; arrow keys go to the next layer or unit, Escape back to the output.
function listenUnits(view, look) {
  const go = (column, unit) => {
    const units = view.columns[clamp(column, 0, view.columns.length - 1)];
    units[clamp(unit, 0, units.length - 1)].focus();
  };
  view.board.addEventListener("pointerover", (event) => look.hover(unitAt(event.target)));
  view.board.addEventListener("pointerleave", () => look.hover(null));
  view.board.addEventListener("click", (event) => event.target.closest(".ns-unit")?.focus());
  view.board.addEventListener("focusin", (event) => {
    const at = unitAt(event.target);
    if (!at) return;
    for (const button of view.columns.flat()) button.tabIndex = button === event.target ? 0 : -1;
    look.choose(at);
  });
  view.board.addEventListener("keydown", (event) => {
    const at = unitAt(event.target);
    if (!at || hasModifier(event)) return;
    const [right, down] = ARROWS[event.key] ?? [];
    if (event.key in ARROWS) go(at[0] + right, at[1] + down);
    else if (event.key === "Escape") go(view.columns.length - 1, 0);
    else return;
    event.preventDefault();
  });
}
