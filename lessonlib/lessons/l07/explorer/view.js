// The reader of lesson 07: the text coloured by one unit, the states as columns of a map, the bars.

import { barRow, showBar } from "../../../widgets/bars.js";
import { eachChild, element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { along, hasModifier } from "../../../widgets/keys.js";
import { clamp, signedBytes } from "../../../widgets/numbers.js";
import { paintPixels } from "../../../widgets/paint.js";
import { shareOf } from "../../../widgets/pointer.js";

const HELP =
  "Text: background = value of the chosen unit (orange above 0, blue below), line under a " +
  "character = how surprising it was; a click goes there. Map: one column a character, one row a " +
  "unit, those that keep their value best at the top. Keys on the map: ↑ ↓ choose a unit, ← → " +
  "read back and forth, Home, End.";
const POSITIVE = [222, 116, 30];
const NEGATIVE = [40, 122, 200];

function readerView(stage, ask) {
  stage.classList.add("ns-reader");
  const name = { role: "group", "aria-label": "The text, character by character" };
  const text = element("div", { class: "ns-reader-text", ...name }, stage);
  const focus = { tabindex: 0, role: "group", ...OWN_KEYS };
  const map = element("div", { class: "ns-reader-map", ...focus }, stage);
  const canvas = element("canvas", { "aria-hidden": "true" }, map);
  const mark = element("div", { class: "ns-reader-mark" }, map);
  const bars = element("div", { class: "ns-reader-bars", role: "img" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  const shown = { frame: null, text: null };
  listenText(text, ask);
  listenMap(map, shown, ask);
  return (frame) => {
    shown.frame = frame;
    if (shown.text !== frame.text) {
      shown.text = frame.text;
      layText(text, frame.text);
    }
    colourText(text, frame);
    paintStates(canvas, frame);
    const row = `Unit in row ${frame.row + 1} of ${frame.rows}`;
    set(map, { "aria-label": `States. ${row}. ${frame.summary}` });
    mark.style.top = `${(100 * (frame.row + 0.5)) / frame.rows}%`;
    drawBars(bars, frame);
  };
}

const ink = (value, most) => {
  const [red, green, blue] = value > 0 ? POSITIVE : NEGATIVE;
  return `rgba(${red}, ${green}, ${blue}, ${Math.min(1, Math.abs(value)) * most})`;
};

function layText(parent, text) {
  parent.replaceChildren();
  [...text].forEach((character, k) => {
    const shape = character === "\n" ? "⏎\n" : character;
    element("span", { "data-place": k, text: shape }, parent);
  });
}

function colourText(parent, { position, values, surprise }) {
  [...parent.children].forEach((span, k) => {
    const read = k < position;
    span.className = read ? (k === position - 1 ? "ns-reader-last" : "") : "ns-reader-coming";
    span.style.background = read ? ink(values[k], 0.6) : "none";
    span.style.borderBottomWidth = `${read ? Math.min(8, surprise[k]) : 0}px`;
  });
}

// Signed numbers as ink of varying strength on the page's own ground: it suits both themes.
function paintStates(canvas, { map, rows, columns }) {
  const values = signedBytes(map);
  const filled = values.length / rows;
  paintPixels(canvas, columns, rows, (pixels) => {
    values.forEach((value, k) => {
      const [row, column] = [Math.floor(k / filled), k % filled];
      const colour = value > 0 ? POSITIVE : NEGATIVE;
      pixels.set([...colour, 2 * Math.abs(value)], 4 * (row * columns + column));
    });
  });
}

function drawBars(parent, { bars }) {
  const words = bars.map(([sign, p]) => `${sign} ${p.toFixed(2)}`).join(", ");
  set(parent, { "aria-label": words ? `Expected next: ${words}` : "Nothing is expected yet" });
  const make = () => barRow(parent, "ns-reader");
  eachChild(parent, bars, make, (row, [sign, p, comes]) => {
    row.classList.toggle("ns-reader-comes", comes);
    showBar(row, sign, p, p.toFixed(2) + (comes ? " ◂ comes" : ""));
  });
}

function listenText(text, ask) {
  text.addEventListener("click", (event) => {
    const place = event.target.dataset?.place;
    if (place !== undefined) ask("go", { position: Number(place) + 1 }, "go");
  });
}

function listenMap(map, shown, ask) {
  const choose = (row) => {
    shown.frame.row = row;
    ask("unit", { row }, "unit");
  };
  const go = (position) => {
    shown.frame.position = position;
    ask("go", { position }, "go");
  };
  map.addEventListener("pointerdown", (event) => {
    const { rows } = shown.frame;
    choose(clamp(Math.floor(rows * shareOf(map, event)[1]), 0, rows - 1));
  });
  map.addEventListener("keydown", (event) => {
    const { row, rows, position, text } = shown.frame;
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const to = along(event.key, position, [0, text.length]);
    if (hasModifier(event)) return;
    if (down) choose(clamp(row + down, 0, rows - 1));
    else if (to !== undefined) go(to);
    else return;
    event.preventDefault();
  });
}

export default explorer(readerView);
