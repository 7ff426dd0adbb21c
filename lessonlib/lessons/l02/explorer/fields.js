// What is typed: `onTyped` takes a number, `weightFields` are the weights of a unit as fields.

import { element, set } from "../../../widgets/element.js";
import { incoming } from "./network.js";

// The weights of the unit that is looked at; a number typed in a field goes into the network.
export function weightFields(parent, ask) {
  const box = element("div", { class: "ns-fields" }, parent);
  const title = element("div", { class: "ns-title" }, box);
  const list = element("div", { class: "ns-field-row" }, box);
  let shown = "";
  return (net, at) => {
    const [column, unit] = at || [0, 0];
    if (column === 0) {
      set(title, { text: at ? `Input ${net.name(0, unit)}: no weights lead to it` : "" });
      list.replaceChildren();
      shown = "";
      return;
    }
    const { names, values } = incoming(net, column, unit);
    const key = `${column}|${unit}|${names}`;
    if (key !== shown) {
      shown = key;
      set(title, { text: `Weights into ${net.name(column, unit)}` });
      const source = (k) => (k < names.length - 1 ? k : -1); // the last one is the bias
      list.replaceChildren(
        ...names.map((name, k) => weightField(name, column, unit, source(k), ask)),
      );
    }
    values.forEach((value, k) => {
      const field = list.children[k].lastChild;
      const text = Number.isFinite(value) ? value.toFixed(2) : "";
      if (field !== document.activeElement && field.value !== text) field.value = text;
    });
  };
}

// A number is taken when the field is left, at Enter, and at the arrows' steps.
export function onTyped(field, take) {
  let taken = null;
  const look = () => {
    if (field.value === taken || !Number.isFinite(field.valueAsNumber)) return;
    taken = field.value;
    take(field.valueAsNumber);
  };
  field.addEventListener("focus", () => {
    taken = field.value;
  });
  field.addEventListener("change", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") look();
  });
}

function weightField(name, column, unit, source, ask) {
  const label = element("label", { class: "ns-field" });
  element("span", { text: name }, label);
  const field = element("input", { type: "number", step: 0.1 }, label);
  onTyped(field, (value) => {
    const place = { layer: column - 1, unit, source };
    ask("weight", { ...place, value }, `weight ${Object.values(place)}`);
  });
  return label;
}
