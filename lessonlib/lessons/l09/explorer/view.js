// Attention of lesson 09: lines from the token that asks to those it looks at, and all weights below.

const LOOK = { left: 70, token: 28, top: 8, lines: 104, row: 20, gap: 10, edge: 8 };

function attentionView(stage, ask) {
  stage.classList.add("ns-attention");
  const svg = element("svg:svg", { role: "group" }, stage);
  const help = element("p", { class: "ns-help" }, stage);
  let parts = null;
  return frame => {
    const shape = JSON.stringify([frame.kind, frame.queries, frame.keys]);
    if (!parts || parts.shape !== shape) parts = buildAttention(svg, frame, ask, shape);
    updateAttention(svg, parts, frame);
    if (help.textContent !== frame.help) help.textContent = frame.help;
  };
}

const visible = token => (token === " " ? "␣" : token);

// Widths from the number of letters; short rows of tokens are spread over the same width.
function spread(tokens, left, width) {
  const sizes = tokens.map(token => Math.max(24, 9 * token.length + 14));
  const free = width - sizes.reduce((sum, size) => sum + size, 0);
  const gap = Math.max(0, free / tokens.length);
  let x = left;
  return sizes.map(size => {
    const place = { x: x + gap / 2, width: size, middle: x + gap / 2 + size / 2 };
    x += size + gap;
    return place;
  });
}

const widthOf = tokens =>
  tokens.reduce((sum, token) => sum + Math.max(24, 9 * token.length + 14) + 6, 0);

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
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const names = frame.kind === "a date" ? ["writes", "looks at"] : ["asks", "looks at"];
  [LOOK.top, keyTop].forEach((y, k) => {
    const name = { class: "ns-side-name ns-caption", x: LOOK.left - 6, y: y + 19, text: names[k] };
    element("svg:text", name, svg);
  });
  const lines = keys.map(() => element("svg:path", { class: "ns-look" }, svg));
  const tokens = queries.map((token, k) => makeToken(svg, token, k, above[k], queries.length, ask));
  const answers = keys.map((token, k) => {
    const group = element("svg:g", { class: "ns-token ns-key" }, svg);
    const looks = { y: keyTop, height: LOOK.token, rx: 5 };
    element("svg:rect", { x: below[k].x, width: below[k].width, ...looks }, group);
    element("svg:text", { x: below[k].middle, y: keyTop + 19, text: visible(token) }, group);
    const bar = { class: "ns-answers", x: below[k].x, y: keyTop + LOOK.token + 1, height: 4 };
    return element("svg:rect", bar, group);
  });
  const cells = queries.map((token, r) => makeRow(svg, token, r, below, mapTop, ask));
  const ring = element("svg:rect", { class: "ns-row-frame", x: LOOK.left, height: LOOK.row }, svg);
  ring.setAttribute("width", inner);
  if (held !== undefined) tokens[Math.min(held, tokens.length - 1)].focus();
  return { shape, above, below, keyTop, mapTop, lines, tokens, answers, cells, ring };
}

function makeToken(svg, token, k, place, count, ask) {
  const marks = { class: "ns-token", tabindex: 0, role: "button", "data-token": k };
  const group = element("svg:g", { ...marks, "data-lm-suppress-shortcuts": "true" }, svg);
  const looks = { x: place.x, y: LOOK.top, width: place.width, height: LOOK.token, rx: 5 };
  element("svg:rect", looks, group);
  element("svg:text", { x: place.middle, y: LOOK.top + 19, text: visible(token) }, group);
  const look = () => ask("look", { token: k }, "look");
  group.addEventListener("pointerenter", look);
  group.addEventListener("focus", look);
  group.addEventListener("keydown", event => {
    const to = { ArrowLeft: k - 1, ArrowRight: k + 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = svg.querySelector(`[data-token="${Math.min(count - 1, Math.max(0, to))}"]`);
    next.focus();
  });
  return group;
}

function makeRow(svg, token, r, below, mapTop, ask) {
  const y = mapTop + r * LOOK.row;
  const name = { class: "ns-side-name", x: LOOK.left - 6, y: y + 15, text: visible(token) };
  const label = element("svg:text", name, svg);
  const cells = below.map(place => {
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
  const { weights, focus, queries, keys, summary } = frame;
  svg.setAttribute("aria-label", `Attention. ${summary}`);
  const from = parts.above[focus].middle;
  const start = LOOK.top + LOOK.token;
  weights[focus].forEach((weight, k) => {
    const line = parts.lines[k];
    const bend = (start + parts.keyTop) / 2;
    const to = parts.below[k].middle;
    line.setAttribute("d", `M${from} ${start}C${from} ${bend} ${to} ${bend} ${to} ${parts.keyTop}`);
    line.setAttribute("stroke-width", (0.6 + 11 * weight).toFixed(2));
    line.setAttribute("stroke-opacity", (weight < 0.005 ? 0 : 0.25 + 0.75 * weight).toFixed(2));
    parts.answers[k].setAttribute("width", (weight * parts.below[k].width).toFixed(1));
  });
  parts.tokens.forEach((token, k) => {
    const best = weights[k].indexOf(Math.max(...weights[k]));
    const words = `${queries[k]}, looks most at ${visible(keys[best])}, ${weights[k][best].toFixed(2)}`;
    token.classList.toggle("ns-asks", k === focus);
    token.setAttribute("aria-label", words);
    token.setAttribute("aria-pressed", k === focus);
  });
  parts.cells.forEach(({ label, cells }, r) => {
    label.classList.toggle("ns-row-asks", r === focus);
    cells.forEach(({ cell, title }, k) => {
      cell.setAttribute("fill-opacity", weights[r][k]);
      const words = `${visible(queries[r])} looks at ${visible(keys[k])}: ${weights[r][k].toFixed(2)}`;
      if (title.textContent !== words) title.textContent = words;
    });
  });
  parts.ring.setAttribute("y", parts.mapTop + focus * LOOK.row);
}

export default explorer(attentionView);
