// What every explorer does in the browser: it asks for frames, shows read-outs and errors, and
// speaks. A view ends with
//   export default explorer((stage, ask) => frame => { ...draw the frame into stage... });
// `ask("move", { x }, "key")` tells the kernel what a person did. The drawing function may have a
// property `end`, which is called when the view leaves the page.

import { tendControls } from "./controls.js";
import { eachChild, element, set } from "./element.js";
import { live } from "./live.js";

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// At most two requests are under way: while one answer travels and is drawn, the kernel works on
// the next. While the explorer plays, ticks are asked for at the pace the kernel named, as long as
// a view can be seen.
const UNDER_WAY = 2;

class Requests {
  constructor(model, kernel) {
    this.model = model;
    this.kernel = kernel;
    this.queue = [];
    this.waiting = []; // ids, in the order in which the kernel will answer
    this.last = Math.floor(Math.random() * 2 ** 30);
    this.timer = null;
    this.asked = 0;
    this.views = new Map(); // view -> whether it is on the screen
    this.onWake = () => this.wake();
    this.onAnswer = () => this.answered();
    model.on("change:playing", this.onWake);
    model.on("change:interval", this.onWake);
    model.on("change:answered", this.onAnswer);
    document.addEventListener("visibilitychange", this.onWake);
  }

  // A newer request of the same key takes the place of one that has not been sent.
  ask(name, values = {}, key = null) {
    const message = { ...values, name, key };
    const place = key === null ? -1 : this.queue.findIndex((other) => other.key === key);
    if (place >= 0) this.queue[place] = message;
    else this.queue.push(message);
    this.send();
  }

  send() {
    while (this.waiting.length < UNDER_WAY && this.queue.length) {
      this.waiting.push(++this.last);
      this.kernel.send({ ...this.queue.shift(), id: this.last });
    }
  }

  answered() {
    const place = this.waiting.indexOf(this.model.get("answered"));
    if (place < 0) return; // asked by the same explorer in another window
    this.waiting.splice(0, place + 1);
    this.send();
    this.wake();
  }

  wake() {
    clearTimeout(this.timer);
    const seen = !document.hidden && [...this.views.values()].some(Boolean);
    if (!this.model.get("playing") || !seen || this.kernel.gone) return;
    const interval = Math.max(this.model.get("interval"), reducedMotion() ? 1000 : 0);
    const rest = Math.max(0, this.asked + interval - performance.now());
    this.timer = setTimeout(() => {
      if (this.waiting.length >= UNDER_WAY) return; // an answer wakes this again
      this.asked = performance.now();
      this.ask("tick", { reduced: reducedMotion() });
      this.wake();
    }, rest);
  }

  leave(view) {
    this.views.delete(view);
    const plays = this.model.get("playing") && !this.kernel.gone;
    if (this.views.size === 0 && plays) this.ask("gone");
    this.wake();
  }

  end() {
    clearTimeout(this.timer);
    this.views.clear();
    this.model.off("change:playing", this.onWake);
    this.model.off("change:interval", this.onWake);
    this.model.off("change:answered", this.onAnswer);
    document.removeEventListener("visibilitychange", this.onWake);
  }
}

export function explorer(build) {
  return live({
    begin: (model, kernel) => new Requests(model, kernel),
    show: (model, el, _, requests) => showView(model, el, requests, build),
  });
}

function showView(model, el, requests, build) {
  el.classList.add("ns-view");
  const row = element("div", { class: "ns-row" }, el);
  const stage = element("div", { class: "ns-stage" }, row);
  const side = element("div", { class: "ns-side" }, row);
  const list = element("dl", { class: "ns-readouts" }, side);
  const meter = element("div", { class: "ns-meter" }, side);
  const note = element("p", { class: "ns-note" }, side);
  const error = element("p", { class: "ns-error", role: "alert" }, el);
  const spoken = element("p", { class: "ns-spoken", "aria-live": "polite" }, el);
  const draw = build(stage, (name, values, key) => requests.ask(name, values, key));
  let planned = 0;

  const guarded = (work) => {
    try {
      work();
    } catch (problem) {
      error.textContent = `${problem.name}: ${problem.message}`;
      console.error(problem);
    }
  };
  const redraw = () => {
    planned = 0;
    const frame = model.get("frame");
    guarded(() => {
      showReadouts(list, frame.readouts || []);
      showMeter(meter, frame.meter);
      set(note, { text: frame.note || "" });
      // A screen reader hears where the play ended, not thirty sentences a second.
      if (!model.get("playing")) spoken.textContent = frame.summary || "";
      draw(frame);
    });
  };
  const plan = () => {
    if (!planned) planned = requestAnimationFrame(redraw);
  };
  const onError = () => {
    error.textContent = model.get("error");
  };
  model.on("change:frame", plan);
  model.on("change:playing", plan);
  model.on("change:error", onError);

  const onScreen = new IntersectionObserver((entries) => {
    requests.views.set(el, entries.at(-1).isIntersecting);
    requests.wake();
  });
  requests.views.set(el, true);
  onScreen.observe(el);
  const tended = tendControls(el, ".ns-explorer");
  onError();
  redraw();
  requests.wake();

  return () => {
    cancelAnimationFrame(planned);
    onScreen.disconnect();
    tended.disconnect();
    if (draw.end) draw.end();
    model.off("change:frame", plan);
    model.off("change:playing", plan);
    model.off("change:error", onError);
    requests.leave(el);
  };
}

function showReadouts(list, readouts) {
  const make = () => {
    const pair = element("div", {}, list);
    element("dt", {}, pair);
    element("dd", {}, pair);
    return pair;
  };
  eachChild(list, readouts, make, (pair, [name, value]) => {
    set(pair.firstChild, { text: name });
    set(pair.lastChild, { text: value });
  });
}

// A bar from 0 to 1: {value, text}, with the value null where there is nothing to measure.
function showMeter(meter, reading) {
  meter.hidden = !reading;
  if (!reading) return;
  if (!meter.children.length) {
    element("div", { class: "ns-meter-text" }, meter);
    const limits = { role: "meter", "aria-valuemin": 0, "aria-valuemax": 1 };
    element("div", { class: "ns-fill" }, element("div", { class: "ns-bar", ...limits }, meter));
  }
  const [text, bar] = meter.children;
  set(text, { text: reading.text });
  set(bar, { "aria-label": reading.text, "aria-valuenow": reading.value ?? 0 });
  bar.classList.toggle("ns-none", reading.value === null);
  bar.firstChild.style.width = `${100 * Math.min(1, reading.value || 0)}%`;
}
