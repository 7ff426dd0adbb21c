// Painting on a canvas: `palette` has the colours of the page as numbers, `mix` something between
// two of them, `sharp` is a canvas in CSS pixels, `paintPixels` one with a pixel for each cell;
// `watchLook` paints again when the size or the theme has changed.

import { element } from "./element.js";
import { clamp } from "./numbers.js";

const ROLES = ["positive", "negative", "gradient", "ground", "ink", "soft", "frame"];

// The colours of the roles, [red, green, blue], and `css(role, alpha)`. A theme has its own.
export function palette(node, further = []) {
  const probe = element("span", { style: "display:none" }, node);
  const read = (name) => {
    probe.style.color = `var(--ns-${name})`;
    return getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
  };
  const colours = Object.fromEntries([...ROLES, ...further].map((name) => [name, read(name)]));
  probe.remove();
  colours.css = (name, alpha = 1) => `rgba(${colours[name].join(",")},${alpha})`;
  return colours;
}

export function mix(from, to, share) {
  const held = clamp(share, 0, 1);
  return `rgb(${from.map((value, k) => Math.round(value + held * (to[k] - value))).join()})`;
}

// Returns the context, cleared, of a canvas that is sharp on every screen.
export function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    [canvas.width, canvas.height] = [across, down];
  }
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// `paint(data)` writes the picture: red, green, blue and alpha of each pixel, row by row.
export function paintPixels(canvas, columns, rows, paint) {
  if (canvas.width !== columns || canvas.height !== rows) {
    [canvas.width, canvas.height] = [columns, rows];
  }
  if (!rows) return;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(columns, rows);
  paint(picture.data);
  context.putImageData(picture, 0, 0);
}

// Returns a function that ends the watch.
export function watchLook(node, again) {
  let late = 0;
  const resized = new ResizeObserver(again);
  resized.observe(node);
  const themed = new MutationObserver(() => {
    clearTimeout(late);
    late = setTimeout(again, 600); // the theme's own style sheet arrives after its name
    again();
  });
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
  return () => {
    clearTimeout(late);
    resized.disconnect();
    themed.disconnect();
  };
}
