// A question with choices and one button. The choice travels with the click in one message: two
// widgets would send theirs apart, and a click could overtake the choice while the kernel is busy.

import { button } from "./controls.js";
import { element, OWN_KEYS, set } from "./element.js";
import { live } from "./live.js";

export default live({
  done: (model) => model.get("choice") >= 0,
  show(model, el, kernel) {
    el.classList.add("ns-predict");
    const group = element("fieldset", {}, el);
    const legend = element("legend", {}, group);
    element("strong", { text: "Predict. " }, legend);
    legend.append(model.get("question"));
    const name = crypto.getRandomValues(new Uint32Array(1))[0];
    const choices = model.get("choices").map((text, value) => {
      const label = element("label", {}, group);
      const radio = element("input", { ...OWN_KEYS, type: "radio", name, value }, label);
      label.append(` ${text}`);
      radio.addEventListener("change", () => (commit.disabled = false));
      return radio;
    });
    const commit = button(el, { text: "Commit" }, () => {
      kernel.send({ choice: choices.findIndex((radio) => radio.checked) });
    });
    commit.disabled = true;
    const note = element("div", { "aria-live": "polite" }, el);
    const show = () => {
      const chosen = model.get("choice");
      note.innerHTML = model.get("note");
      for (const summary of note.querySelectorAll("summary")) set(summary, OWN_KEYS);
      if (chosen < 0) return;
      choices[chosen].checked = true;
      for (const node of [...choices, commit]) node.disabled = true;
    };
    model.on("change:note", show);
    show();
    return () => model.off("change:note", show);
  },
});
