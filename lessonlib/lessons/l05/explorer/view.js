// The view of lesson 05: the samples with the fit above, both errors over the steps below.

const WIDE = 460; // the drawing's own units
const FIT = { left: 40, right: 450, top: 24, bottom: 216 };
const ERRORS = { left: 40, right: 372, top: 268, bottom: 438 };
const TALL = 476;
const HIGHEST = 2.2; // of y in the upper panel
const WORST = 1.2; // error at the top of the lower panel

const INK = {
  train: "var(--ns-negative)",
  validation: "var(--ns-positive)",
  fit: "var(--ns-ink)",
  truth: "var(--ns-soft)",
};

function capacityView(stage) {
  const look = { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img" };
  const svg = element("svg:svg", look, stage);
  const parts = scenery(svg);
  return frame => {
    svg.setAttribute("aria-label", frame.summary);
    drawFit(parts, frame);
    drawErrors(parts, frame);
  };
}

function line(svg, stroke, dash = "none", width = 2) {
  const node = element("svg:path", { "stroke-width": width, "stroke-dasharray": dash }, svg);
  node.style.stroke = stroke;
  node.style.fill = "none";
  node.style.strokeLinejoin = "round";
  return node;
}

function words(svg, x, y, text, colour = "var(--ns-ink)", anchor = "start") {
  const node = element("svg:text", { class: "ns-axis-name", x, y, text }, svg);
  node.style.fill = colour;
  node.style.fontSize = "12.5px";
  node.setAttribute("text-anchor", anchor);
  return node;
}

function frameOf(svg, { left, right, top, bottom }) {
  element("svg:path", { class: "ns-axis", d: `M${left} ${top}V${bottom}H${right}` }, svg);
}

function scenery(svg) {
  frameOf(svg, FIT);
  frameOf(svg, ERRORS);
  words(svg, FIT.left, 16, "● samples", INK.train);
  words(svg, FIT.left + 84, 16, "— fit", INK.fit);
  words(svg, FIT.left + 134, 16, "··· the function behind them", INK.truth);
  for (const y of [-2, 0, 2]) words(svg, FIT.left - 6, toY(FIT, y) + 4, `${y}`, INK.truth, "end");
  for (const x of [-1, 0, 1]) words(svg, toX(x), FIT.bottom + 16, `${x}`, INK.truth, "middle");
  words(svg, ERRORS.left, ERRORS.top - 10, "error (root mean square)");
  for (const e of [0, 0.5, 1]) words(svg, ERRORS.left - 6, ofError(e) + 4, `${e}`, INK.truth, "end");
  for (const step of [1, 10, 100, 1000]) {
    const place = ofStep(step, 4000);
    words(svg, place, ERRORS.bottom + 16, `${step}`, INK.truth, "middle");
  }
  words(svg, ERRORS.right, ERRORS.bottom + 32, "steps (each mark ten times the last)", INK.truth, "end");
  const parts = {
    truth: line(svg, INK.truth, "2 4"),
    fit: line(svg, INK.fit, "none", 2.6),
    dots: element("svg:g", {}, svg),
    noise: line(svg, INK.truth, "2 4"),
    best: line(svg, INK.validation, "3 3", 1.2),
    train: line(svg, INK.train, "none", 2.4),
    validation: line(svg, INK.validation, "8 4", 2.4),
  };
  parts.dots.style.fill = INK.train;
  parts.noiseName = words(svg, ERRORS.right - 4, 0, "noise", INK.truth, "end");
  parts.trainName = words(svg, 0, 0, "training", INK.train);
  parts.validationName = words(svg, 0, 0, "validation", INK.validation);
  parts.bestName = words(svg, 0, ERRORS.top + 6, "lowest", INK.validation, "middle");
  return parts;
}

const between = (value, low, high) => Math.max(low, Math.min(high, value));
const toX = x => FIT.left + ((x + 1) / 2) * (FIT.right - FIT.left);

function toY({ top, bottom }, y) {
  const share = (HIGHEST - between(y, -HIGHEST, HIGHEST)) / (2 * HIGHEST);
  return top + share * (bottom - top);
}

function ofError(error) {
  const share = between(error, 0, WORST) / WORST;
  return ERRORS.bottom - share * (ERRORS.bottom - ERRORS.top);
}

function ofStep(step, last) {
  const share = Math.log(Math.max(1, step)) / Math.log(last);
  return ERRORS.left + share * (ERRORS.right - ERRORS.left);
}

function path(points) {
  return points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

function drawFit(parts, { points, grid, fit, truth }) {
  const curve = values => path(grid.map((x, k) => [toX(x), toY(FIT, values[k])]));
  parts.truth.setAttribute("d", curve(truth));
  parts.fit.setAttribute("d", curve(fit));
  while (parts.dots.children.length > points.length) parts.dots.lastChild.remove();
  points.forEach(([x, y], k) => {
    const dot = parts.dots.children[k] || element("svg:circle", { r: 3.6 }, parts.dots);
    dot.setAttribute("cx", toX(x));
    dot.setAttribute("cy", toY(FIT, y));
  });
}

function drawErrors(parts, { at, train, validation, best, noise, last }) {
  const level = ofError(noise);
  parts.noise.setAttribute("d", `M${ERRORS.left} ${level}H${ERRORS.right}`);
  // below the line: above it the validation error ends; above where there is no room
  parts.noiseName.setAttribute("y", level + 14 < ERRORS.bottom ? level + 14 : level - 5);
  const end = at.length ? ofStep(at.at(-1), last) : ERRORS.left;
  const curves = { train, validation };
  for (const [name, values] of Object.entries(curves)) {
    const points = values.map((error, k) => [ofStep(at[k], last), ofError(error)]);
    parts[name].setAttribute("d", path(points));
  }
  nameEnds(parts, end, train, validation);
  const shown = at.length > 1 && best > 0;
  const x = ofStep(best, last);
  const line = `M${x} ${ERRORS.top + 12}V${ERRORS.bottom}`;
  parts.best.setAttribute("d", shown ? line : "");
  parts.bestName.setAttribute("x", x);
  parts.bestName.style.display = shown ? "" : "none";
}

// Names beside the ends of both curves, at least one line of text apart.
function nameEnds(parts, x, train, validation) {
  const low = train.length ? ofError(train.at(-1)) : ERRORS.bottom;
  const high = validation.length ? ofError(validation.at(-1)) : ERRORS.top;
  const middle = (low + high) / 2;
  const apart = Math.max(8, Math.abs(low - high) / 2) * (low >= high ? 1 : -1);
  const places = { trainName: middle + apart, validationName: middle - apart };
  for (const [name, y] of Object.entries(places)) {
    parts[name].setAttribute("x", x + 6);
    parts[name].setAttribute("y", y + 4);
    parts[name].style.display = train.length ? "" : "none";
  }
}

export default explorer(capacityView);
