// The explorer of lesson 10b: a row of letters, the lens by layer, and the heads as toggle buttons.

const LENS_GUIDE =
  "Click a letter, or use the arrow keys. Bars above the letters of a head: what it reads. Click a head to " +
  "silence it; the number is what that alone adds to the loss.";

function lensView(stage, ask) {
  stage.classList.add("ns-lens");
  const row = element("div", { class: "ns-letters", role: "group", "aria-label": "Text" }, stage);
  const lens = element("div", { class: "ns-stages" }, stage);
  const heads = element("div", { class: "ns-heads" }, stage);
  element("p", { class: "ns-help", text: LENS_GUIDE }, stage);
  row.addEventListener("keydown", event => {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -99, End: 99 }[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const last = row.children.length - 1;
    const from = Number(document.activeElement.dataset.place ?? row.dataset.place);
    const place = Math.min(last, Math.max(0, from + move));
    row.children[place].focus();
    ask("choose", { place }, "choose");
  });
  return frame => {
    drawLetters(row, frame, ask);
    drawStages(lens, frame.stages);
    drawHeads(heads, frame, ask);
  };
}

function drawLetters(row, { letters, place }, ask) {
  while (row.children.length > letters.length) row.lastChild.remove();
  row.dataset.place = place;
  letters.forEach((letter, k) => {
    let button = row.children[k];
    if (!button) {
      button = element("button", { type: "button", class: "ns-letter", "data-place": k }, row);
      button.dataset.lmSuppressShortcuts = "true";
      button.addEventListener("click", () => ask("choose", { place: k }, "choose"));
    }
    if (button.textContent !== letter) button.textContent = letter;
    button.tabIndex = k === place ? 0 : -1; // one stop of the Tab key, then arrows
    button.setAttribute("aria-pressed", k === place);
    button.setAttribute("aria-label", `Letter ${k + 1}: ${letter === "␣" ? "space" : letter}`);
    button.classList.toggle("ns-later", k > place);
  });
}

function drawStages(lens, stages) {
  stages.forEach((stage, k) => {
    const panel = lens.children[k] || makeStage(lens, stage.name);
    stage.bars.forEach((bar, j) => {
      const line = panel.children[j + 1];
      line.classList.toggle("ns-next", bar.next);
      line.children[0].textContent = bar.letter;
      line.children[1].firstChild.style.width = `${100 * bar.p}%`;
      line.children[2].textContent = `${bar.p.toFixed(2)}${bar.next ? " ✓" : ""}`;
    });
  });
}

function makeStage(lens, name) {
  const panel = element("div", { class: "ns-stage-panel" }, lens);
  element("div", { class: "ns-stage-name", text: name }, panel);
  for (let j = 0; j < 5; j++) {
    const line = element("div", { class: "ns-line-row" }, panel);
    element("span", { class: "ns-bar-letter" }, line);
    element("span", { class: "ns-bar-fill" }, element("span", { class: "ns-bar-track" }, line));
    element("span", { class: "ns-bar-value" }, line);
  }
  return panel;
}

function drawHeads(box, { heads, letters }, ask) {
  heads.forEach((layer, k) => {
    const row = box.children[k] || makeLayer(box, k, layer.length, ask);
    const all = layer.every(head => head.silenced);
    row.firstChild.setAttribute("aria-pressed", all);
    layer.forEach((head, h) => drawHead(row.children[h + 1], head, letters, `${k + 1}.${h + 1}`));
  });
}

function makeLayer(box, k, count, ask) {
  const row = element("div", { class: "ns-layer" }, box);
  const whole = { type: "button", class: "ns-silence", "data-lm-suppress-shortcuts": "true" };
  const button = element("button", { ...whole, text: `Silence layer ${k + 1}` }, row);
  button.addEventListener("click", () => ask("silence", { layer: k + 1 }));
  for (let h = 0; h < count; h++) {
    const head = element("button", { ...whole, class: "ns-head" }, row);
    element("span", { class: "ns-head-name" }, head);
    element("span", { class: "ns-reads" }, head);
    head.addEventListener("click", () => ask("silence", { layer: k + 1, head: h + 1 }));
  }
  return row;
}

function drawHead(button, { weights, silenced, cost }, letters, name) {
  const [title, reads] = button.children;
  button.setAttribute("aria-pressed", silenced);
  const most = weights.indexOf(Math.max(...weights));
  button.setAttribute(
    "aria-label",
    `Silence head ${name}; it reads mostly letter ${most + 1}, ${letters[most]}; costs ${cost} nats`
  );
  title.textContent = silenced ? `${name} silenced` : `${name}  ${cost}`;
  while (reads.children.length > weights.length) reads.lastChild.remove();
  weights.forEach((weight, i) => {
    const cell = reads.children[i] || element("span", { class: "ns-read" }, reads);
    if (!cell.children.length) {
      element("span", { class: "ns-read-bar" }, cell);
      element("span", { class: "ns-read-letter" }, cell);
    }
    cell.firstChild.style.height = `${Math.round(34 * weight)}px`;
    if (cell.lastChild.textContent !== letters[i]) cell.lastChild.textContent = letters[i];
  });
}

export default explorer(lensView);
