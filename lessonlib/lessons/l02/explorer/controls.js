// Everything that can be set, folded away: noise, split, features, layers, training, comparison.

import { button, slider } from "../../../widgets/controls.js";
import { element } from "../../../widgets/element.js";
import { clamp } from "../../../widgets/numbers.js";
import { onTyped } from "./fields.js";
import { pretty } from "./network.js";

const LEARNING_RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const WEIGHT_DECAYS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const plain = (value) => String(Number(value.toPrecision(6)));
const percent = (share) => `${Math.round(100 * share)} %`;

export function controlPanel(parent, ask, options, redraw) {
  const details = element("details", { class: "ns-more" }, parent);
  element("summary", { text: "More: data, network, training, comparison" }, details);
  const set = (name, value) => ask("set", { settings: { [name]: value } }, `set ${name}`);
  const group = (name) => {
    const box = element("fieldset", {}, details);
    element("legend", { text: name }, box);
    return box;
  };
  const names = ["Data", "Network", "Training", "Watch and compare"];
  const [data, network, training, watch] = names.map(group);
  const updates = [
    range(data, "Noise", [0, 1.5, 0.05], set, "noise", (value) => value.toFixed(2)),
    range(data, "Test share", [0.1, 0.9, 0.1], set, "test_share", percent),
    number(data, "Seed", 0, 2 ** 31 - 1, set, "seed"),
    featureBoxes(network, set),
    menu(network, "Activation", (frame) => frame.choices.activation, set, "activation"),
    layerFields(network, set),
    menu(training, "Learning rate", () => LEARNING_RATES, set, "lr"),
    range(training, "Batch size", [1, 50, 1], set, "batch", plain),
    menu(training, "Penalty", (frame) => frame.choices.penalty, set, "penalty"),
    menu(training, "Penalty rate", () => WEIGHT_DECAYS, set, "weight_decay"),
    speedMenu(watch, ask),
  ];
  action(watch, "Keep this run", () => ask("keep"));
  const forget = action(watch, "Forget kept runs", () => ask("forget"));
  tick(watch, "Show test points", options, "test", redraw);
  tick(watch, "Hard boundary", options, "hard", redraw);
  return (frame) => {
    for (const update of updates) update(frame);
    forget.disabled = frame.kept.length === 0;
  };
}

function labelled(parent, name) {
  const label = element("label", { class: "ns-set" }, parent);
  element("span", { text: name }, label);
  return label;
}

// Writes a frame's value into a control, unless the person has given it another one that is not
// back yet.
function follow(node, write) {
  node.addEventListener("blur", () => delete node.dataset.used);
  node.addEventListener("input", () => {
    node.dataset.used = "yes";
  });
  return (value) => {
    if (node.dataset.used && String(value) !== node.value) return;
    delete node.dataset.used;
    if (node.value !== String(value)) node.value = value;
    if (write) write(value);
  };
}

function range(parent, name, [min, max, step], set, key, words) {
  const look = { name, label: { class: "ns-set" }, min, max, step };
  const { node, show } = slider(parent, look, words, (value) => set(key, value));
  const update = follow(node, show);
  return (frame) => update(frame.settings[key]);
}

function number(parent, name, min, max, set, key) {
  const look = { type: "number", min, max, step: 1, "aria-label": name };
  const node = element("input", look, labelled(parent, name));
  onTyped(node, (value) => set(key, Math.round(clamp(value, min, max))));
  const update = follow(node);
  return (frame) => update(frame.settings[key]);
}

function fillMenu(node, values, words) {
  const wanted = values.map(String).join("|");
  if (node.dataset.values === wanted) return;
  node.dataset.values = wanted;
  node.replaceChildren(...values.map((value) => element("option", { value, text: words(value) })));
}

function menu(parent, name, choices, set, key) {
  const node = element("select", { "aria-label": name }, labelled(parent, name));
  let values = [];
  node.addEventListener("change", () => set(key, values[node.selectedIndex]));
  const update = follow(node);
  return (frame) => {
    const value = frame.settings[key];
    const offered = choices(frame);
    // a value given in Python need not be among those on offer
    values = offered.includes(value) ? offered : [...offered, value].sort((a, b) => a - b);
    fillMenu(node, values, (choice) => (typeof choice === "number" ? plain(choice) : choice));
    update(value);
  };
}

function speedMenu(parent, ask) {
  const node = element("select", { "aria-label": "Speed" }, labelled(parent, "Speed"));
  node.addEventListener("change", () => ask("speed", { rate: Number(node.value) }, "speed"));
  const update = follow(node);
  return (frame) => {
    fillMenu(node, frame.speeds, (rate) => `${rate} epochs/s`);
    update(frame.speed);
  };
}

function boxRow(parent, name, words) {
  const row = element("div", { class: "ns-ticks", role: "group", "aria-label": name }, parent);
  element("span", { text: words }, row);
  return row;
}

function featureBoxes(parent, set) {
  const row = boxRow(parent, "Input features", "Inputs");
  const boxes = new Map();
  const send = () => {
    const chosen = [...boxes.keys()].filter((name) => boxes.get(name).checked);
    set("features", chosen);
  };
  const make = (name) => {
    const label = element("label", {}, row);
    const box = element("input", { type: "checkbox", "aria-label": pretty(name) }, label);
    element("span", { text: pretty(name) }, label);
    box.addEventListener("change", send);
    boxes.set(name, box);
  };
  return (frame) => {
    const { features } = frame.settings;
    for (const name of frame.choices.features) {
      if (!boxes.has(name)) make(name);
      const box = boxes.get(name);
      box.checked = features.includes(name);
      box.disabled = features.length === 1 && box.checked; // one must stay
    }
  };
}

function layerFields(parent, set) {
  const row = boxRow(parent, "Hidden layers", "Hidden layers");
  let hidden = [];
  let most = [0, 0]; // layers, and units in each
  const less = () => set("hidden", hidden.slice(0, -1));
  const more = () => set("hidden", [...hidden, 4]);
  const remove = action(row, "− layer", less, "Remove the last hidden layer");
  const add = action(row, "+ layer", more, "Add a hidden layer of 4 units");
  const fields = [];
  const make = (k) => {
    const look = { type: "number", min: 1, max: most[1], step: 1 };
    const field = element("input", { ...look, "aria-label": `Units of layer ${k + 1}` }, row);
    field.addEventListener("input", () => {
      const wanted = Math.round(clamp(field.valueAsNumber, 1, most[1]));
      const sizes = hidden.map((old, j) => (j === k ? wanted : old));
      if (Number.isFinite(wanted)) set("hidden", sizes);
    });
    return { field, update: follow(field) };
  };
  return (frame) => {
    hidden = frame.settings.hidden;
    most = frame.choices.most;
    while (fields.length > hidden.length) fields.pop().field.remove();
    hidden.forEach((count, k) => {
      fields[k] ??= make(k);
      fields[k].update(count);
    });
    remove.disabled = hidden.length === 0;
    add.disabled = hidden.length === most[0];
  };
}

function action(parent, text, act, label = text) {
  return button(parent, { class: "ns-button", text, "aria-label": label }, act);
}

function tick(parent, name, options, key, redraw) {
  const label = element("label", { class: "ns-tick" }, parent);
  const node = element("input", { type: "checkbox" }, label);
  element("span", { text: name }, label);
  node.addEventListener("change", () => {
    options[key] = node.checked;
    redraw();
  });
}
