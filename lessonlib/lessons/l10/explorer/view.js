// The view of lesson 10: the text as tokens, bars for the next one, a map of attention per head.

const MAP = { left: 108, top: 30, cell: 22, row: 19, labels: 76 };
const BAR = { label: 96, width: 190, row: 21, top: 6 };
const HELP =
  "Click a token, or Tab to the text and use the arrow keys. A dot · is a blank, ⏎ a line break; " +
  "grey tokens are out of the model's 64.";

function promptView(stage, ask) {
  stage.classList.add("ns-prompt");
  const look = { role: "listbox", tabindex: "0", "aria-label": "Tokens of the text" };
  const text = element("div", { class: "ns-text", ...look, "data-lm-suppress-shortcuts": "true" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const row = element("div", { class: "ns-panels" }, stage);
  const bars = panel(row, "Next token: model (outline), drawn (filled)");
  const map = panel(row, "");
  const now = { place: 0, start: 0, last: 0 };
  const move = place => {
    const wanted = Math.max(now.start, Math.min(now.last, place));
    ask("look", { place: wanted }, "look");
  };
  text.addEventListener("keydown", event => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8 };
    const ends = { Home: now.start, End: now.last };
    if (event.key in steps) now.place = now.place + steps[event.key];
    else if (event.key in ends) now.place = ends[event.key];
    else return;
    event.preventDefault();
    now.place = Math.max(now.start, Math.min(now.last, now.place));
    move(now.place);
  });
  text.addEventListener("click", event => {
    const token = event.target.closest("[data-place]");
    if (token) move(Number(token.dataset.place));
  });
  return frame => {
    Object.assign(now, { place: frame.place, start: frame.start, last: frame.tokens.length - 1 });
    drawText(text, frame);
    drawBars(bars.svg, frame.bars);
    map.title.textContent = `Where “${frame.labels.at(-1)}” looks`;
    drawMap(map.svg, frame);
  };
}

function panel(row, title) {
  const box = element("div", { class: "ns-panel" }, row);
  return { title: element("div", { class: "ns-panel-title", text: title }, box), svg: element("svg:svg", { role: "img" }, box) };
}

const visible = token => token.replaceAll(" ", "·").replaceAll("\n", "⏎\n").replaceAll("\t", "⇥");
let views = 0; // ids must differ between the views of one page

function drawText(text, { tokens, given, start, place }) {
  text.dataset.view ||= String(++views);
  while (text.children.length > tokens.length) text.lastChild.remove();
  tokens.forEach((token, k) => {
    const node = text.children[k] || element("span", { role: "option" }, text);
    const shown = visible(token);
    if (node.textContent !== shown) node.textContent = shown;
    node.dataset.place = k;
    node.id = `ns-token-${text.dataset.view}-${k}`;
    node.className = `${k < given ? "ns-given" : "ns-drawn"} ${k < start ? "ns-forgotten" : ""}`;
    node.setAttribute("aria-selected", String(k === place));
  });
  text.setAttribute("aria-activedescendant", `ns-token-${text.dataset.view}-${place}`);
}

function drawBars(svg, bars) {
  const width = BAR.label + BAR.width + 44;
  const height = BAR.top + bars.length * BAR.row + 4;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", bars.map(([name, p, q]) => `${name} ${p}, drawn ${q}`).join("; "));
  while (svg.children.length > bars.length) svg.lastChild.remove();
  bars.forEach(([name, model, drawn], k) => {
    const group = svg.children[k] || barParts(svg);
    const [label, outline, filled, value] = group.children;
    const y = BAR.top + k * BAR.row;
    set(label, { x: BAR.label - 6, y: y + 13 }, name);
    set(outline, { x: BAR.label, y, width: Math.max(1, BAR.width * model), height: 15 });
    set(filled, { x: BAR.label, y: y + 3, width: BAR.width * drawn, height: 9 });
    const end = BAR.label + BAR.width * Math.max(model, drawn);
    set(value, { x: end + 5, y: y + 12 }, drawn ? drawn.toFixed(2) : "never");
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

function set(node, attributes, text = null) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null && node.textContent !== text) node.textContent = text;
}

function drawMap(svg, { map, labels, heads }) {
  const width = MAP.left + 24 * MAP.cell + 6;
  const blocks = map.length / heads;
  const height = MAP.top + map.length * MAP.row + 8 * blocks + MAP.labels;
  svg.setAttribute("viewBox", `0 ${MAP.top - 6} ${width} ${height - MAP.top + 6}`);
  svg.setAttribute("aria-label", map.map((row, k) => `${headName(k, heads)}: ${strongest(row, labels)}`).join("; "));
  svg.replaceChildren();
  map.forEach((row, k) => {
    const y = MAP.top + k * MAP.row + 8 * Math.floor(k / heads);
    const name = element("svg:text", { class: "ns-head", x: MAP.left - 6, y: y + 13, text: headName(k, heads) }, svg);
    name.setAttribute("text-anchor", "end");
    row.forEach((weight, column) => {
      const box = { x: MAP.left + column * MAP.cell, y, width: MAP.cell - 2, height: MAP.row - 2 };
      const cell = element("svg:g", {}, svg);
      element("svg:rect", { class: "ns-cell", ...box }, cell);
      element("svg:rect", { class: "ns-weight", ...box, "fill-opacity": weight }, cell);
      element("svg:title", { text: `${headName(k, heads)} → ${labels[column]}: ${weight.toFixed(2)}` }, cell);
    });
  });
  const bottom = MAP.top + map.length * MAP.row + 8 * blocks;
  labels.forEach((label, column) => {
    const x = MAP.left + (column + 0.7) * MAP.cell;
    const turned = { x, y: bottom, transform: `rotate(-60 ${x} ${bottom})`, "text-anchor": "end" };
    element("svg:text", { class: "ns-place", ...turned, text: short(label) }, svg);
  });
}

const headName = (k, heads) => `block ${Math.floor(k / heads) + 1} head ${(k % heads) + 1}`;
const short = label => (label.length > 9 ? `${label.slice(0, 8)}…` : label);
const strongest = (row, labels) => {
  const best = row.indexOf(Math.max(...row));
  return `${labels[best]} ${row[best].toFixed(2)}`;
};

export default explorer(promptView);
