// What drawings with SVG share: `scale` from numbers to places, `line` through points, `axis` and
// `label`, `sample` of a line for a legend.

import { element } from "./element.js";

// A function from the numbers low ... high to the places from ... to.
export function scale([low, high], [from, to]) {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

// The path through points [x, y].
export const line = (points) =>
  points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

export const axis = (parent, d) => element("svg:path", { class: "ns-axis", d }, parent);

export function label(parent, [x, y], text, { anchor = "start", ...attributes } = {}) {
  return element("svg:text", { ...attributes, x, y, text, "text-anchor": anchor }, parent);
}

// A small drawing for a legend, which names what the line looks like.
export function sample(parent, box, path) {
  const svg = element("svg:svg", { ...box, "aria-hidden": "true" }, parent);
  element("svg:path", path, svg);
  return svg;
}
