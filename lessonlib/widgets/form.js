// A question with choices and one button. The choice travels with the click in one message: two
// widgets would send theirs apart, and a click could overtake the choice while the kernel is busy.

function element(name, attributes, parent) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value;
    else node.setAttribute(key, value);
  }
  parent.append(node);
  return node;
}

// Without this mark JupyterLab takes arrow keys for itself and selects the next cell.
const KEYS = { "data-lm-suppress-shortcuts": "true" };

export default {
  render({ model, el }) {
    el.classList.add("ns-predict");
    const group = element("fieldset", {}, el);
    const legend = element("legend", {}, group);
    element("strong", { text: "Predict. " }, legend);
    legend.append(model.get("question"));
    const name = crypto.getRandomValues(new Uint32Array(1))[0];
    const choices = model.get("choices").map((text, value) => {
      const label = element("label", {}, group);
      const radio = element("input", { ...KEYS, type: "radio", name, value }, label);
      label.append(` ${text}`);
      radio.addEventListener("change", () => (button.disabled = false));
      return radio;
    });
    const button = element("button", { ...KEYS, type: "button", text: "Commit" }, el);
    const note = element("div", { "aria-live": "polite" }, el);
    button.disabled = true;
    button.addEventListener("click", () => {
      model.send({ choice: choices.findIndex(radio => radio.checked) });
    });
    const show = () => {
      const chosen = model.get("choice");
      note.innerHTML = model.get("note");
      for (const summary of note.querySelectorAll("summary")) {
        for (const [key, value] of Object.entries(KEYS)) summary.setAttribute(key, value);
      }
      if (chosen < 0) return;
      choices[chosen].checked = true;
      for (const node of [...choices, button]) node.disabled = true;
    };
    model.on("change:note", show);
    show();
    return () => model.off("change:note", show);
  },
};
