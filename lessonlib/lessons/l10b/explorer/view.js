// The explorer of lesson 10b: a row of letters, the lens by layer, and the heads as toggle buttons.

import { barRow, showBar } from "../../../widgets/bars.js";
import { button } from "../../../widgets/controls.js";
import { eachChild, element, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { along } from "../../../widgets/keys.js";

const GUIDE =
  "Click a letter, or use the arrow keys. Bars above the letters of a head: what it reads. Click " +
  "a head to silence it; the number is what that alone adds to the loss.";

function lensView(stage, ask) {
  stage.classList.add("ns-lens");
  const row = element("div", { class: "ns-letters", role: "group", "aria-label": "Text" }, stage);
  const lens = element("div", { class: "ns-stages" }, stage);
  const heads = element("div", { class: "ns-heads" }, stage);
  element("p", { class: "ns-help", text: GUIDE }, stage);
  row.addEventListener("keydown", (event) => {
    const from = Number(document.activeElement.dataset.place ?? row.dataset.place);
    const place = along(event.key, from, [0, row.children.length - 1]);
    if (place === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    row.children[place].focus();
    ask("choose", { place }, "choose");
  });
  return (frame) => {
    drawLetters(row, frame, ask);
    drawStages(lens, frame.stages);
    drawHeads(heads, frame, ask);
  };
}

function drawLetters(row, { letters, place }, ask) {
  row.dataset.place = place;
  const make = (k) => {
    const choose = () => ask("choose", { place: k }, "choose");
    return button(row, { class: "ns-letter", "data-place": k }, choose);
  };
  eachChild(row, letters, make, (node, letter, k) => {
    const name = `Letter ${k + 1}: ${letter === "␣" ? "space" : letter}`;
    set(node, { text: letter, "aria-label": name, "aria-pressed": k === place });
    node.tabIndex = k === place ? 0 : -1; // one stop of the Tab key, then arrows
    node.classList.toggle("ns-later", k > place);
  });
}

function drawStages(lens, stages) {
  const make = (k) => makeStage(lens, stages[k].name);
  eachChild(lens, stages, make, (panel, { bars }) => {
    bars.forEach(({ letter, p, next }, j) => {
      const row = panel.children[j + 1];
      row.classList.toggle("ns-next", next);
      showBar(row, letter, p, `${p.toFixed(2)}${next ? " ✓" : ""}`);
    });
  });
}

function makeStage(lens, name) {
  const panel = element("div", { class: "ns-stage-panel" }, lens);
  element("div", { class: "ns-stage-name", text: name }, panel);
  for (let j = 0; j < 5; j++) barRow(panel, "ns-lens");
  return panel;
}

function drawHeads(box, { heads, letters }, ask) {
  const make = (k) => makeLayer(box, k, heads[k].length, ask);
  eachChild(box, heads, make, (row, layer, k) => {
    set(row.firstChild, { "aria-pressed": layer.every((head) => head.silenced) });
    layer.forEach((head, h) => drawHead(row.children[h + 1], head, letters, `${k + 1}.${h + 1}`));
  });
}

function makeLayer(box, k, count, ask) {
  const row = element("div", { class: "ns-layer" }, box);
  const whole = { class: "ns-silence", text: `Silence layer ${k + 1}` };
  button(row, whole, () => ask("silence", { layer: k + 1 }));
  for (let h = 0; h < count; h++) {
    const silence = () => ask("silence", { layer: k + 1, head: h + 1 });
    const head = button(row, { class: "ns-head" }, silence);
    element("span", { class: "ns-head-name" }, head);
    element("span", { class: "ns-reads" }, head);
  }
  return row;
}

function drawHead(node, { weights, silenced, cost }, letters, name) {
  const [title, reads] = node.children;
  const most = weights.indexOf(Math.max(...weights));
  const what = `it reads mostly letter ${most + 1}, ${letters[most]}; costs ${cost} nats`;
  set(node, { "aria-pressed": silenced, "aria-label": `Silence head ${name}; ${what}` });
  set(title, { text: silenced ? `${name} silenced` : `${name}  ${cost}` });
  const make = () => makeRead(reads);
  eachChild(reads, weights, make, (read, weight, i) => {
    read.firstChild.style.height = `${Math.round(34 * weight)}px`;
    set(read.lastChild, { text: letters[i] });
  });
}

function makeRead(reads) {
  const read = element("span", { class: "ns-read" }, reads);
  element("span", { class: "ns-read-bar" }, read);
  element("span", { class: "ns-read-letter" }, read);
  return read;
}

export default explorer(lensView);
