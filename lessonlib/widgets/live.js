// What is live on a page lives as long as its kernel. `live` makes what a script exports:
//   export default live({ begin, show, done });
// begin(model, kernel) is called once for a model; what it returns goes to each view and may have
// `end()`. show(model, el, kernel, begun) makes a view and returns what ends it. done(model) says
// that nothing is left to ask the kernel for. Messages go through `kernel.send`.

import { element } from "./element.js";

// What JupyterLab says of a kernel that has lost all that was in it.
const WENT = {
  restarting: "restarted",
  autorestarting: "restarted",
  terminating: "stopped",
  dead: "stopped",
};

class Kernel {
  constructor(model) {
    this.model = model;
    this.gone = ""; // how it went
    this.views = new Set(); // functions to call when it goes
    this.connection = model.widget_manager?.kernel; // JupyterLab's; other programs may have none
    this.onStatus = (_, status) => WENT[status] && this.leave(WENT[status]);
    this.onDisposed = () => this.leave("stopped");
    this.connection?.statusChanged?.connect?.(this.onStatus);
    this.connection?.disposed?.connect?.(this.onDisposed);
  }

  send(message) {
    try {
      this.model.send(message);
    } catch {
      this.leave("stopped");
    }
  }

  leave(how) {
    this.gone ||= how;
    for (const tell of this.views) tell();
  }

  end() {
    this.connection?.statusChanged?.disconnect?.(this.onStatus);
    this.connection?.disposed?.disconnect?.(this.onDisposed);
  }
}

export function live({ begin = () => null, show, done = () => false }) {
  return () => {
    let kernel, begun;
    return {
      initialize({ model }) {
        kernel = new Kernel(model);
        begun = begin(model, kernel);
        return () => {
          kernel.end();
          begun?.end();
        };
      },
      render({ model, el }) {
        el.classList.add("ns-live", `${model.get("kept")}-live`); // hides what is kept for later
        const line = element("p", { class: "ns-gone", role: "alert" }, el);
        const end = show(model, el, kernel, begun);
        const leave = watch(el, kernel, () => {
          if (!done(model)) giveUp(el, line, kernel.gone);
        });
        return () => {
          leave();
          end();
        };
      },
    };
  };
}

// Calls `told` when the kernel goes, and for a view that comes onto the page without one.
function watch(el, kernel, told) {
  const tell = () => kernel.gone && told();
  const arrival = new ResizeObserver(() => {
    // so ipywidgets marks a model that was saved with the notebook and has no kernel
    if (el.classList.contains("jupyter-widgets-disconnected")) kernel.leave("stopped");
    else tell();
  });
  kernel.views.add(tell);
  arrival.observe(el);
  return () => {
    kernel.views.delete(tell);
    arrival.disconnect();
  };
}

// Says what has happened, and makes all controls unusable: a click must not go nowhere.
function giveUp(el, line, how) {
  const rows = el.closest(".ns-explorer")?.querySelectorAll(":scope > .widget-hbox") ?? [];
  for (const node of [...rows, ...el.children]) {
    if (node === line || node.inert) continue;
    node.inert = true;
    node.classList.add("ns-unusable");
  }
  const text = `The kernel was ${how}: run this cell again, after the cells above it.`;
  if (line.textContent !== text) line.textContent = text;
}
