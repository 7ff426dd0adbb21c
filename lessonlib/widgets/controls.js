// Puts right two things about ipywidgets controls in JupyterLab, in the box around `el`:
// sliders carry no name for screen readers, and JupyterLab answers keys meant for a control with
// its own shortcuts (an arrow key in a menu would select the next cell, "a" insert one).

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

function tendControls(el, selector) {
  const tend = () => {
    const box = el.closest(selector);
    if (!box) return;
    for (const node of box.querySelectorAll(FOCUSABLE)) {
      // JupyterLab looks at the focused element itself before it looks for this mark.
      if (!node.dataset.lmSuppressShortcuts) node.dataset.lmSuppressShortcuts = "true";
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
  if (label) handle.setAttribute("aria-label", label);
  if (value) handle.setAttribute("aria-valuetext", value);
}
