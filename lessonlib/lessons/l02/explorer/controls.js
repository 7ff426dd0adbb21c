// Everything that can be set, folded away: noise, split, features, layers, training, comparison.

const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const PENALTY_RATES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const plain = number => String(Number(number.toPrecision(6)));

function controlPanel(parent, ask, options, redraw) {
  const details = element("details", { class: "ns-more" }, parent);
  element("summary", { text: "More: data, network, training, comparison" }, details);
  const set = (name, value) => ask("set", { settings: { [name]: value } }, `set ${name}`);
  const group = name => {
    const box = element("fieldset", {}, details);
    element("legend", { text: name }, box);
    return box;
  };
  const names = ["Data", "Network", "Training", "Watch and compare"];
  const [data, network, training, watch] = names.map(group);
  const updates = [
    slider(data, "Noise", 0, 1.5, 0.05, set, "noise", value => value.toFixed(2)),
    slider(data, "Test share", 0.1, 0.9, 0.1, set, "test_share", value => `${Math.round(100 * value)} %`),
    number(data, "Seed", 0, 2 ** 31 - 1, set, "seed"),
    featureBoxes(network, set),
    menu(network, "Activation", frame => frame.choices.activation, set, "activation"),
    layerFields(network, set),
    menu(training, "Learning rate", () => RATES, set, "rate"),
    slider(training, "Batch size", 1, 50, 1, set, "batch", plain),
    menu(training, "Penalty", frame => frame.choices.penalty, set, "penalty"),
    menu(training, "Penalty rate", () => PENALTY_RATES, set, "penalty_rate"),
    speedMenu(watch, ask),
  ];
  button(watch, "Keep this run", () => ask("keep"));
  const forget = button(watch, "Forget kept runs", () => ask("forget"));
  tick(watch, "Show test points", options, "test", redraw);
  tick(watch, "Hard boundary", options, "hard", redraw);
  return frame => {
    for (const update of updates) update(frame);
    forget.disabled = frame.kept.length === 0;
  };
}

function labelled(parent, name) {
  const label = element("label", { class: "ns-set" }, parent);
  element("span", { text: name }, label);
  return label;
}

// Writes a frame's value into a control, unless the person has given it another one that is not back yet.
function follow(node, write) {
  node.addEventListener("blur", () => delete node.dataset.used);
  node.addEventListener("input", () => {
    node.dataset.used = "yes";
  });
  return value => {
    if (node.dataset.used && String(value) !== node.value) return;
    delete node.dataset.used;
    if (node.value !== String(value)) node.value = value;
    if (write) write(value);
  };
}

function slider(parent, name, min, max, step, set, key, words) {
  const label = labelled(parent, name);
  const node = element("input", { type: "range", min, max, step, "aria-label": name }, label);
  const shown = element("output", {}, label);
  const show = value => {
    shown.textContent = words(value);
    node.setAttribute("aria-valuetext", words(value));
  };
  node.addEventListener("input", () => {
    show(node.valueAsNumber);
    set(key, node.valueAsNumber);
  });
  const update = follow(node, show);
  return frame => update(frame.settings[key]);
}

function number(parent, name, min, max, set, key) {
  const node = element("input", { type: "number", min, max, step: 1, "aria-label": name }, labelled(parent, name));
  onTyped(node, value => set(key, Math.round(Math.max(min, Math.min(max, value)))));
  const update = follow(node);
  return frame => update(frame.settings[key]);
}

function fillMenu(node, values, words) {
  const wanted = values.map(String).join("|");
  if (node.dataset.values === wanted) return;
  node.dataset.values = wanted;
  node.replaceChildren(...values.map(value => element("option", { value, text: words(value) })));
}

function menu(parent, name, choices, set, key) {
  const node = element("select", { "aria-label": name }, labelled(parent, name));
  let values = [];
  node.addEventListener("change", () => set(key, values[node.selectedIndex]));
  const update = follow(node);
  return frame => {
    const value = frame.settings[key];
    const offered = choices(frame);
    // a value given in Python need not be among those on offer
    values = offered.includes(value) ? offered : [...offered, value].sort((a, b) => a - b);
    fillMenu(node, values, choice => (typeof choice === "number" ? plain(choice) : choice));
    update(value);
  };
}

function speedMenu(parent, ask) {
  const node = element("select", { "aria-label": "Speed" }, labelled(parent, "Speed"));
  node.addEventListener("change", () => ask("speed", { rate: Number(node.value) }, "speed"));
  const update = follow(node);
  return frame => {
    fillMenu(node, frame.speeds, rate => `${rate} epochs/s`);
    update(frame.speed);
  };
}

function featureBoxes(parent, set) {
  const row = element("div", { class: "ns-ticks", role: "group", "aria-label": "Input features" }, parent);
  element("span", { text: "Inputs" }, row);
  const boxes = new Map();
  return frame => {
    const { features } = frame.settings;
    for (const name of frame.choices.features) {
      if (!boxes.has(name)) {
        const label = element("label", {}, row);
        const box = element("input", { type: "checkbox", "aria-label": pretty(name) }, label);
        element("span", { text: pretty(name) }, label);
        boxes.set(name, box);
        box.addEventListener("change", () => {
          set("features", [...boxes].filter(([, node]) => node.checked).map(([key]) => key));
        });
      }
      const box = boxes.get(name);
      box.checked = features.includes(name);
      box.disabled = features.length === 1 && box.checked; // one must stay
    }
  };
}

function layerFields(parent, set) {
  const row = element("div", { class: "ns-ticks", role: "group", "aria-label": "Hidden layers" }, parent);
  element("span", { text: "Hidden layers" }, row);
  let hidden = [];
  const remove = button(row, "− layer", () => set("hidden", hidden.slice(0, -1)), "Remove the last hidden layer");
  const add = button(row, "+ layer", () => set("hidden", [...hidden, 4]), "Add a hidden layer of 4 units");
  const fields = [];
  return frame => {
    hidden = frame.settings.hidden;
    const [layers, units] = frame.choices.most;
    while (fields.length > hidden.length) fields.pop().field.remove();
    hidden.forEach((count, k) => {
      if (!fields[k]) {
        const name = `Units of layer ${k + 1}`;
        const field = element("input", { type: "number", min: 1, max: units, step: 1, "aria-label": name }, row);
        fields.push({ field, update: follow(field) });
        field.addEventListener("input", () => {
          const wanted = Math.round(Math.max(1, Math.min(units, field.valueAsNumber)));
          if (Number.isFinite(wanted)) set("hidden", hidden.map((old, j) => (j === k ? wanted : old)));
        });
      }
      fields[k].update(count);
    });
    remove.disabled = hidden.length === 0;
    add.disabled = hidden.length === layers;
  };
}

function button(parent, name, act, label = name) {
  const node = element("button", { type: "button", class: "ns-button", text: name, "aria-label": label }, parent);
  node.addEventListener("click", act);
  return node;
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
