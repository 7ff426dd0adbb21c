// The view of lesson 10: the text as tokens, bars for the next one, a map of attention per head.

import { label } from "../../../widgets/axes.js";
import { eachChild, element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { along } from "../../../widgets/keys.js";
import { clamp } from "../../../widgets/numbers.js";

const MAP = { left: 108, top: 30, cell: 22, row: 19, labels: 76 };
const BAR = { label: 96, width: 190, row: 21, top: 6 };
const HELP =
  "Click a token, or Tab to the text and use the arrow keys. A dot · is a blank, ⏎ a line break; " +
  "grey tokens are out of the model's 64.";

function promptView(stage, ask) {
  stage.classList.add("ns-prompt");
  const look = { role: "listbox", tabindex: "0", "aria-label": "Tokens of the text" };
  const text = element("div", { class: "ns-text", ...look, ...OWN_KEYS }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const row = element("div", { class: "ns-panels" }, stage);
  const bars = panel(row, "Next token: model (outline), drawn (filled)");
  const map = panel(row, "");
  const now = { place: 0, start: 0, last: 0 };
  const move = (place) => {
    now.place = clamp(place, now.start, now.last);
    ask("look", { place: now.place }, "look");
  };
  text.addEventListener("keydown", (event) => {
    const line = { ArrowUp: -8, ArrowDown: 8 };
    const place = along(event.key, now.place, [now.start, now.last], line);
    if (place === undefined) return;
    event.preventDefault();
    move(place);
  });
  text.addEventListener("click", (event) => {
    const token = event.target.closest("[data-place]");
    if (token) move(Number(token.dataset.place));
  });
  return (frame) => {
    Object.assign(now, { place: frame.place, start: frame.start, last: frame.tokens.length - 1 });
    drawText(text, frame);
    drawBars(bars.svg, frame.bars);
    set(map.title, { text: `Where “${frame.labels.at(-1)}” looks` });
    drawMap(map.svg, frame);
  };
}

function panel(row, text) {
  const box = element("div", { class: "ns-panel" }, row);
  const title = element("div", { class: "ns-panel-title", text }, box);
  return { title, svg: element("svg:svg", { role: "img" }, box) };
}

const visible = (token) => token.replaceAll(" ", "·").replaceAll("\n", "⏎\n").replaceAll("\t", "⇥");
let views = 0; // ids must differ between the views of one page

function drawText(text, { tokens, given, start, place }) {
  text.dataset.view ||= String(++views);
  const make = () => element("span", { role: "option" }, text);
  eachChild(text, tokens, make, (node, token, k) => {
    const looks = `${k < given ? "ns-given" : "ns-drawn"} ${k < start ? "ns-forgotten" : ""}`;
    const id = `ns-token-${text.dataset.view}-${k}`;
    set(node, { text: visible(token), id, class: looks, "data-place": k });
    set(node, { "aria-selected": k === place });
  });
  set(text, { "aria-activedescendant": `ns-token-${text.dataset.view}-${place}` });
}

function drawBars(svg, bars) {
  const width = BAR.label + BAR.width + 44;
  const height = BAR.top + bars.length * BAR.row + 4;
  const words = bars.map(([name, p, q]) => `${name} ${p}, drawn ${q}`).join("; ");
  set(svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": words });
  const make = () => barParts(svg);
  eachChild(svg, bars, make, (group, [name, model, drawn], k) => {
    const [word, outline, filled, value] = group.children;
    const y = BAR.top + k * BAR.row;
    const end = BAR.label + BAR.width * Math.max(model, drawn);
    const left = { x: BAR.label };
    set(word, { x: BAR.label - 6, y: y + 13, text: name });
    set(outline, { ...left, y, width: Math.max(1, BAR.width * model), height: 15 });
    set(filled, { ...left, y: y + 3, width: BAR.width * drawn, height: 9 });
    set(value, { x: end + 5, y: y + 12, text: drawn ? drawn.toFixed(2) : "never" });
  });
}

function barParts(svg) {
  const group = element("svg:g", {}, svg);
  element("svg:text", { class: "ns-token-label" }, group);
  element("svg:rect", { class: "ns-model" }, group);
  element("svg:rect", { class: "ns-choice" }, group);
  element("svg:text", { class: "ns-number" }, group);
  return group;
}

function drawMap(svg, { map, labels, heads }) {
  const width = MAP.left + 24 * MAP.cell + 6;
  const bottom = MAP.top + map.length * MAP.row + 8 * (map.length / heads);
  const words = map.map((row, k) => `${headName(k, heads)}: ${strongest(row, labels)}`).join("; ");
  set(svg, {
    viewBox: `0 ${MAP.top - 6} ${width} ${bottom + MAP.labels - MAP.top + 6}`,
    "aria-label": words,
  });
  svg.replaceChildren();
  map.forEach((row, k) => {
    const y = MAP.top + k * MAP.row + 8 * Math.floor(k / heads);
    drawRow(svg, row, y, headName(k, heads), labels);
  });
  labels.forEach((name, column) => {
    const x = MAP.left + (column + 0.7) * MAP.cell;
    const transform = `rotate(-60 ${x} ${bottom})`;
    label(svg, [x, bottom], short(name), { class: "ns-place", transform, anchor: "end" });
  });
}

function drawRow(svg, weights, y, name, labels) {
  label(svg, [MAP.left - 6, y + 13], name, { class: "ns-head", anchor: "end" });
  weights.forEach((weight, column) => {
    const size = { width: MAP.cell - 2, height: MAP.row - 2 };
    const box = { x: MAP.left + column * MAP.cell, y, ...size };
    const cell = element("svg:g", {}, svg);
    element("svg:rect", { class: "ns-cell", ...box }, cell);
    element("svg:rect", { class: "ns-weight", ...box, "fill-opacity": weight }, cell);
    element("svg:title", { text: `${name} → ${labels[column]}: ${weight.toFixed(2)}` }, cell);
  });
}

const headName = (k, heads) => `block ${Math.floor(k / heads) + 1} head ${(k % heads) + 1}`;
const short = (name) => (name.length > 9 ? `${name.slice(0, 8)}…` : name);
const strongest = (row, labels) => {
  const best = row.indexOf(Math.max(...row));
  return `${labels[best]} ${row[best].toFixed(2)}`;
};

export default explorer(promptView);
