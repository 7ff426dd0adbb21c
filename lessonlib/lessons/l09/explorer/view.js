// Attention of lesson 09: lines from the token that asks to those it looks at, all weights below.

import { element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { along } from "../../../widgets/keys.js";

const LOOK = { left: 70, token: 28, top: 8, lines: 104, row: 20, gap: 10, edge: 8 };

function attentionView(stage, ask) {
  stage.classList.add("ns-attention");
  const svg = element("svg:svg", { role: "group" }, stage);
  const help = element("p", { class: "ns-help" }, stage);
  let parts = null;
  return (frame) => {
    const shape = JSON.stringify([frame.kind, frame.queries, frame.keys]);
    if (!parts || parts.shape !== shape) parts = buildAttention(svg, frame, ask, shape);
    updateAttention(svg, parts, frame);
    set(help, { text: frame.help });
  };
}

const visible = (token) => (token === " " ? "␣" : token);

const sizeOf = (token) => Math.max(24, 9 * token.length + 14);
const widthOf = (tokens) => tokens.reduce((sum, token) => sum + sizeOf(token) + 6, 0);

// Widths from the number of letters; short rows of tokens are spread over the same width.
function spread(tokens, left, width) {
  const sizes = tokens.map(sizeOf);
  const free = width - sizes.reduce((sum, size) => sum + size, 0);
  const gap = Math.max(0, free / tokens.length);
  let x = left;
  return sizes.map((size) => {
    const place = { x: x + gap / 2, width: size, middle: x + gap / 2 + size / 2 };
    x += size + gap;
    return place;
  });
}

function buildAttention(svg, frame, ask, shape) {
  const held = svg.querySelector(".ns-token:focus")?.dataset.token;
  svg.replaceChildren();
  const { queries, keys } = frame;
  const inner = Math.max(widthOf(queries), widthOf(keys), 520);
  const above = spread(queries, LOOK.left, inner);
  const below = spread(keys, LOOK.left, inner);
  const keyTop = LOOK.top + LOOK.token + LOOK.lines;
  const mapTop = keyTop + LOOK.token + LOOK.gap;
  const width = LOOK.left + inner + LOOK.edge;
  const height = mapTop + queries.length * LOOK.row + LOOK.edge;
  set(svg, { viewBox: `0 0 ${width} ${height}` });
  const names = frame.kind === "a date" ? ["writes", "looks at"] : ["asks", "looks at"];
  [LOOK.top, keyTop].forEach((y, k) => {
    const name = { class: "ns-side-name ns-caption", x: LOOK.left - 6, y: y + 19, text: names[k] };
    element("svg:text", name, svg);
  });
  const lines = keys.map(() => element("svg:path", { class: "ns-look" }, svg));
  const tokens = queries.map((token, k) => makeToken(svg, token, k, above[k], queries.length, ask));
  const answers = keys.map((token, k) => makeKey(svg, token, below[k], keyTop));
  const cells = queries.map((token, r) => makeRow(svg, token, r, below, mapTop, ask));
  const frameOfRow = { class: "ns-row-frame", x: LOOK.left, width: inner, height: LOOK.row };
  const ring = element("svg:rect", frameOfRow, svg);
  if (held !== undefined) tokens[Math.min(held, tokens.length - 1)].focus();
  return { shape, above, below, keyTop, mapTop, lines, tokens, answers, cells, ring };
}

function drawToken(group, token, place, y) {
  const box = { x: place.x, y, width: place.width, height: LOOK.token, rx: 5 };
  element("svg:rect", box, group);
  element("svg:text", { x: place.middle, y: y + 19, text: visible(token) }, group);
}

// A token that answers; returns the bar below it.
function makeKey(svg, token, place, top) {
  const group = element("svg:g", { class: "ns-token ns-key" }, svg);
  drawToken(group, token, place, top);
  const bar = { class: "ns-answers", x: place.x, y: top + LOOK.token + 1, height: 4 };
  return element("svg:rect", bar, group);
}

function makeToken(svg, token, k, place, count, ask) {
  const marks = { class: "ns-token", tabindex: 0, role: "button", "data-token": k };
  const group = element("svg:g", { ...marks, ...OWN_KEYS }, svg);
  drawToken(group, token, place, LOOK.top);
  const look = () => ask("look", { token: k }, "look");
  group.addEventListener("pointerenter", look);
  group.addEventListener("focus", look);
  group.addEventListener("keydown", (event) => {
    const to = along(event.key, k, [0, count - 1]);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    svg.querySelector(`[data-token="${to}"]`).focus();
  });
  return group;
}

function makeRow(svg, token, r, below, mapTop, ask) {
  const y = mapTop + r * LOOK.row;
  const name = { class: "ns-side-name", x: LOOK.left - 6, y: y + 15, text: visible(token) };
  const label = element("svg:text", name, svg);
  const cells = below.map((place) => {
    const size = { x: place.x, y, width: place.width, height: LOOK.row };
    const ground = element("svg:rect", { class: "ns-cell-ground", ...size }, svg);
    const cell = element("svg:rect", { class: "ns-cell", ...size }, svg);
    const title = element("svg:title", {}, cell);
    for (const node of [ground, cell]) {
      node.addEventListener("pointerenter", () => ask("look", { token: r }, "look"));
    }
    return { cell, title };
  });
  return { label, cells };
}

function updateAttention(svg, parts, frame) {
  set(svg, { "aria-label": `Attention. ${frame.summary}` });
  drawLines(parts, frame);
  updateTokens(parts, frame);
  updateMap(parts, frame);
}

// Curves from the token that asks, as wide as their weights, and the bars where they end.
function drawLines(parts, { weights, focus }) {
  const from = parts.above[focus].middle;
  const start = LOOK.top + LOOK.token;
  const bend = (start + parts.keyTop) / 2;
  weights[focus].forEach((weight, k) => {
    const to = parts.below[k].middle;
    set(parts.lines[k], {
      d: `M${from} ${start}C${from} ${bend} ${to} ${bend} ${to} ${parts.keyTop}`,
      "stroke-width": (0.6 + 11 * weight).toFixed(2),
      "stroke-opacity": (weight < 0.005 ? 0 : 0.25 + 0.75 * weight).toFixed(2),
    });
    set(parts.answers[k], { width: (weight * parts.below[k].width).toFixed(1) });
  });
}

function updateTokens(parts, { weights, focus, queries, keys }) {
  parts.tokens.forEach((token, k) => {
    const best = weights[k].indexOf(Math.max(...weights[k]));
    const share = weights[k][best].toFixed(2);
    const words = `${queries[k]}, looks most at ${visible(keys[best])}, ${share}`;
    token.classList.toggle("ns-asks", k === focus);
    set(token, { "aria-label": words, "aria-pressed": k === focus });
  });
}

function updateMap(parts, { weights, focus, queries, keys }) {
  parts.cells.forEach(({ label, cells }, r) => {
    label.classList.toggle("ns-row-asks", r === focus);
    cells.forEach(({ cell, title }, k) => {
      const share = weights[r][k].toFixed(2);
      set(cell, { "fill-opacity": weights[r][k] });
      set(title, { text: `${visible(queries[r])} looks at ${visible(keys[k])}: ${share}` });
    });
  });
  set(parts.ring, { y: parts.mapTop + focus * LOOK.row });
}

export default explorer(attentionView);
