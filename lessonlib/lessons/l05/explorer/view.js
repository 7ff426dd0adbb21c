// The view of lesson 05: the samples with the fit above, both errors over the steps below.

import { axis, label, line, scale } from "../../../widgets/axes.js";
import { eachChild, element, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { clamp } from "../../../widgets/numbers.js";

const WIDE = 460; // the drawing's own units
const TALL = 476;
const FIT = { left: 40, right: 450, top: 24, bottom: 216 };
const ERRORS = { left: 40, right: 372, top: 268, bottom: 438 };
const HIGHEST = 2.2; // of y in the upper panel
const WORST = 1.2; // error at the top of the lower panel

const ofX = scale([-1, 1], [FIT.left, FIT.right]);
const yScale = scale([HIGHEST, -HIGHEST], [FIT.top, FIT.bottom]);
const ofY = (y) => yScale(clamp(y, -HIGHEST, HIGHEST));
const errorScale = scale([0, WORST], [ERRORS.bottom, ERRORS.top]);
const ofError = (error) => errorScale(clamp(error, 0, WORST));
const ofStep = (step, last) =>
  scale([0, Math.log(last)], [ERRORS.left, ERRORS.right])(Math.log(Math.max(1, step)));

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
  return (frame) => {
    set(svg, { "aria-label": frame.summary });
    drawFit(parts, frame);
    drawErrors(parts, frame);
  };
}

function stroke(svg, colour, dash = "none", width = 2) {
  const style = `stroke: ${colour}; fill: none; stroke-linejoin: round`;
  return element("svg:path", { style, "stroke-width": width, "stroke-dasharray": dash }, svg);
}

function words(svg, place, text, colour = INK.fit, anchor = "start") {
  const style = `fill: ${colour}; font-size: 12.5px`;
  return label(svg, place, text, { class: "ns-axis-name", style, anchor });
}

function scenery(svg) {
  for (const { left, right, top, bottom } of [FIT, ERRORS]) {
    axis(svg, `M${left} ${top}V${bottom}H${right}`);
  }
  words(svg, [FIT.left, 16], "● samples", INK.train);
  words(svg, [FIT.left + 84, 16], "— fit", INK.fit);
  words(svg, [FIT.left + 134, 16], "··· the function behind them", INK.truth);
  for (const y of [-2, 0, 2]) words(svg, [FIT.left - 6, ofY(y) + 4], y, INK.truth, "end");
  for (const x of [-1, 0, 1]) words(svg, [ofX(x), FIT.bottom + 16], x, INK.truth, "middle");
  words(svg, [ERRORS.left, ERRORS.top - 10], "error (root mean square)");
  for (const error of [0, 0.5, 1]) {
    words(svg, [ERRORS.left - 6, ofError(error) + 4], error, INK.truth, "end");
  }
  for (const step of [1, 10, 100, 1000]) {
    words(svg, [ofStep(step, 4000), ERRORS.bottom + 16], step, INK.truth, "middle");
  }
  const name = "steps (each mark ten times the last)";
  words(svg, [ERRORS.right, ERRORS.bottom + 32], name, INK.truth, "end");
  const parts = {
    truth: stroke(svg, INK.truth, "2 4"),
    fit: stroke(svg, INK.fit, "none", 2.6),
    dots: element("svg:g", { style: `fill: ${INK.train}` }, svg),
    noise: stroke(svg, INK.truth, "2 4"),
    best: stroke(svg, INK.validation, "3 3", 1.2),
    train: stroke(svg, INK.train, "none", 2.4),
    validation: stroke(svg, INK.validation, "8 4", 2.4),
  };
  parts.noiseName = words(svg, [ERRORS.right - 4, 0], "noise", INK.truth, "end");
  parts.trainName = words(svg, [0, 0], "training", INK.train);
  parts.validationName = words(svg, [0, 0], "validation", INK.validation);
  parts.bestName = words(svg, [0, ERRORS.top + 6], "lowest", INK.validation, "middle");
  return parts;
}

function drawFit(parts, { points, grid, fit, truth }) {
  const curve = (values) => line(grid.map((x, k) => [ofX(x), ofY(values[k])]));
  set(parts.truth, { d: curve(truth) });
  set(parts.fit, { d: curve(fit) });
  const make = () => element("svg:circle", { r: 3.6 }, parts.dots);
  eachChild(parts.dots, points, make, (dot, [x, y]) => set(dot, { cx: ofX(x), cy: ofY(y) }));
}

function drawErrors(parts, { at, train, validation, best, noise, last }) {
  const level = ofError(noise);
  set(parts.noise, { d: `M${ERRORS.left} ${level}H${ERRORS.right}` });
  // below the line: above it the validation error ends; above where there is no room
  set(parts.noiseName, { y: level + 14 < ERRORS.bottom ? level + 14 : level - 5 });
  const curve = (values) => line(values.map((error, k) => [ofStep(at[k], last), ofError(error)]));
  set(parts.train, { d: curve(train) });
  set(parts.validation, { d: curve(validation) });
  nameEnds(parts, at.length ? ofStep(at.at(-1), last) : ERRORS.left, train, validation);
  const shown = at.length > 1 && best > 0;
  const x = ofStep(best, last);
  set(parts.best, { d: shown ? `M${x} ${ERRORS.top + 12}V${ERRORS.bottom}` : "" });
  set(parts.bestName, { x });
  parts.bestName.style.display = shown ? "" : "none";
}

// Names next to the ends of both curves, at least one line of text apart.
function nameEnds(parts, x, train, validation) {
  const low = train.length ? ofError(train.at(-1)) : ERRORS.bottom;
  const high = validation.length ? ofError(validation.at(-1)) : ERRORS.top;
  const middle = (low + high) / 2;
  const apart = Math.max(8, Math.abs(low - high) / 2) * (low >= high ? 1 : -1);
  const places = { trainName: middle + apart, validationName: middle - apart };
  for (const [name, y] of Object.entries(places)) {
    set(parts[name], { x: x + 6, y: y + 4 });
    parts[name].style.display = train.length ? "" : "none";
  }
}

export default explorer(capacityView);
