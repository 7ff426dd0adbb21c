// The reader of lesson 07: the text coloured by one unit, the states as columns of a map, the bars.

const READER_HELP =
  "Text: background = value of the chosen unit (orange above 0, blue below), line under a character = how " +
  "surprising it was; a click goes there. Map: one column a character, one row a unit, those that keep " +
  "their value best at the top. Keys on the map: ↑ ↓ choose a unit, ← → read back and forth, Home, End.";
const POSITIVE = [222, 116, 30];
const NEGATIVE = [40, 122, 200];

function readerView(stage, ask) {
  stage.classList.add("ns-reader");
  const text = element("div", { class: "ns-reader-text", role: "group", "aria-label": "The text, character by character" }, stage);
  const focus = { tabindex: 0, role: "group", "data-lm-suppress-shortcuts": "true" };
  const map = element("div", { class: "ns-reader-map", ...focus }, stage);
  const canvas = element("canvas", { "aria-hidden": "true" }, map);
  const mark = element("div", { class: "ns-reader-mark" }, map);
  const bars = element("div", { class: "ns-reader-bars", role: "img" }, stage);
  element("p", { class: "ns-help", text: READER_HELP }, stage);
  const shown = { frame: null, text: null };
  listenText(text, ask);
  listenMap(map, shown, ask);
  return frame => {
    shown.frame = frame;
    if (shown.text !== frame.text) {
      shown.text = frame.text;
      layText(text, frame.text);
    }
    colourText(text, frame);
    paintMap(canvas, frame);
    map.setAttribute("aria-label", `States. Unit in row ${frame.row + 1} of ${frame.rows}. ${frame.summary}`);
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

function bytesOf(buffer) {
  return buffer instanceof DataView
    ? new Int8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Int8Array(buffer);
}

// Signed numbers as ink of varying strength on the page's own ground: it suits both themes.
function paintMap(canvas, { map, rows, columns }) {
  const values = bytesOf(map);
  const filled = values.length / rows;
  if (canvas.width !== columns) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  const picture = context.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < filled; column++) {
      const value = values[row * filled + column];
      const colour = value > 0 ? POSITIVE : NEGATIVE;
      picture.data.set([...colour, 2 * Math.abs(value)], 4 * (row * columns + column));
    }
  }
  context.putImageData(picture, 0, 0);
}

function drawBars(parent, { bars }) {
  const words = bars.map(([sign, p]) => `${sign} ${p.toFixed(2)}`).join(", ");
  parent.setAttribute("aria-label", words ? `Expected next: ${words}` : "Nothing is expected yet");
  while (parent.children.length > bars.length) parent.lastChild.remove();
  bars.forEach(([sign, p, comes], k) => {
    const row = parent.children[k] || barRow(parent);
    row.classList.toggle("ns-reader-comes", comes);
    row.children[0].textContent = sign;
    row.children[1].firstChild.style.width = `${100 * p}%`;
    row.children[2].textContent = p.toFixed(2) + (comes ? " ◂ comes" : "");
  });
}

function barRow(parent) {
  const row = element("div", {}, parent);
  element("span", {}, row);
  element("span", { class: "ns-reader-fill" }, element("span", { class: "ns-reader-track" }, row));
  element("span", {}, row);
  return row;
}

function listenText(text, ask) {
  text.addEventListener("click", event => {
    const place = event.target.dataset?.place;
    if (place !== undefined) ask("go", { position: Number(place) + 1 }, "go");
  });
}

function listenMap(map, shown, ask) {
  const unit = row => {
    const held = Math.max(0, Math.min(shown.frame.rows - 1, row));
    shown.frame.row = held;
    ask("unit", { row: held }, "unit");
  };
  const go = place => {
    const held = Math.max(0, Math.min(shown.frame.text.length, place));
    shown.frame.position = held;
    ask("go", { position: held }, "go");
  };
  const keys = {
    ArrowUp: () => unit(shown.frame.row - 1),
    ArrowDown: () => unit(shown.frame.row + 1),
    ArrowLeft: () => go(shown.frame.position - 1),
    ArrowRight: () => go(shown.frame.position + 1),
    Home: () => go(0),
    End: () => go(shown.frame.text.length),
  };
  map.addEventListener("pointerdown", event => {
    const box = map.getBoundingClientRect();
    unit(Math.floor((shown.frame.rows * (event.clientY - box.top)) / box.height));
  });
  map.addEventListener("keydown", event => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    keys[event.key]();
    event.preventDefault();
  });
}

export default explorer(readerView);
