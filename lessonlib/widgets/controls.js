// Controls: `button` and `slider` make them; `tendControls` puts right two things about those of
// ipywidgets: sliders carry no name for screen readers, and JupyterLab answers keys meant for a
// control with its own shortcuts (an arrow key in a menu would select the next cell).

import { element, OWN_KEYS, set } from "./element.js";

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

export function button(parent, attributes, act) {
  const node = element("button", { type: "button", ...OWN_KEYS, ...attributes }, parent);
  node.addEventListener("click", act);
  return node;
}

// A slider with its name before it and its value, in `words`, behind it. `take(value)` is called
// when a person moves it; `show(value)` writes the words.
export function slider(parent, { name, label = {}, ...range }, words, take) {
  const box = element("label", label, parent);
  element("span", { text: name }, box);
  const look = { type: "range", "aria-label": name, ...OWN_KEYS, ...range };
  const node = element("input", look, box);
  const shown = element("output", {}, box);
  const show = (value) => {
    set(shown, { text: words(value) });
    set(node, { "aria-valuetext": words(value) });
  };
  node.addEventListener("input", () => {
    show(node.valueAsNumber);
    take(node.valueAsNumber);
  });
  return { node, show };
}

// Tends the controls in the box around `el`, as long as it is on the page.
export function tendControls(el, selector) {
  const tend = () => {
    const box = el.closest(selector);
    if (!box) return;
    for (const node of box.querySelectorAll(FOCUSABLE)) {
      if (!node.dataset.lmSuppressShortcuts) set(node, OWN_KEYS);
    }
    for (const handle of box.querySelectorAll(".noUi-handle")) nameSlider(handle);
  };
  const changes = new MutationObserver(tend);
  const arrival = new ResizeObserver(() => {
    tend();
    const box = el.closest(selector);
    if (box) changes.observe(box, { childList: true, subtree: true });
  });
  arrival.observe(el);
  return {
    disconnect() {
      arrival.disconnect();
      changes.disconnect();
    },
  };
}

function nameSlider(handle) {
  const control = handle.closest(".widget-inline-hbox");
  const label = control?.querySelector(".widget-label")?.textContent;
  const value = control?.querySelector(".widget-readout")?.textContent;
  if (label) set(handle, { "aria-label": label });
  if (value) set(handle, { "aria-valuetext": value });
}
