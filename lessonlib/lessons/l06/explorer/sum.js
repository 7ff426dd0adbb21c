// The chosen sum of lesson 06: one row of patch × kernel = part for each channel.

import { eachChild, element, set } from "../../../widgets/element.js";
import { fixed } from "../../../widgets/numbers.js";
import { mix, sharp } from "../../../widgets/paint.js";

// A small table of numbers, each cell in its colour.
function drawTable(canvas, numbers, colours, { cell, digits, top, signed, mark }) {
  const side = numbers.length;
  canvas.style.width = `${side * cell}px`;
  const pen = sharp(canvas, side * cell, side * cell);
  pen.font = `${cell > 28 ? 11.5 : 9.5}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  numbers.forEach((line, i) =>
    line.forEach((value, j) => {
      const share = 0.65 * Math.min(1, Math.abs(value) / top);
      const end = signed && value < 0 ? colours.negative : colours.positive;
      pen.fillStyle = mix(colours.ground, end, share);
      pen.fillRect(j * cell, i * cell, cell, cell);
      pen.strokeStyle = colours.css("frame");
      pen.strokeRect(j * cell + 0.5, i * cell + 0.5, cell - 1, cell - 1);
      pen.fillStyle = colours.css("ink");
      const text = fixed(value, digits).replace(/^−?0(\.0+)?$/, "0");
      pen.fillText(text, (j + 0.5) * cell, (i + 0.5) * cell);
      if (mark !== undefined && value === mark) {
        pen.lineWidth = 2.5;
        pen.strokeStyle = colours.css("gradient");
        pen.strokeRect(j * cell + 2, i * cell + 2, cell - 4, cell - 4);
        pen.lineWidth = 1;
      }
    }),
  );
}

export function sumView(parent) {
  const title = element("div", { class: "ns-layer-title" }, parent);
  const terms = element("div", { class: "ns-terms" }, parent);
  const total = element("p", { class: "ns-total" }, parent);
  return (sum, colours) => {
    set(title, { text: titleOf(sum) });
    eachChild(terms, sum.patches, () => makeTerm(terms), drawTerm(sum, colours));
    set(total, { text: sum.kernels ? sumInWords(sum) : "" });
  };
}

function titleOf({ patches, kernels, kind }) {
  if (kernels && patches.length > 1) {
    return `${patches.length} patches × kernels, one for each map before it`;
  }
  if (kernels) return "Patch × kernel";
  return kind === "max"
    ? "The window, its largest value marked"
    : "The 4 × 4 bits of your drawing behind this pixel";
}

function makeTerm(terms) {
  const term = element("div", { class: "ns-term" }, terms);
  element("canvas", { "aria-hidden": "true" }, term);
  element("span", { text: "×" }, term);
  element("canvas", { "aria-hidden": "true" }, term);
  element("span", { class: "ns-part" }, term);
  return term;
}

const peak = (tables) => Math.max(0.01, ...tables.flat(2).map(Math.abs));

// All terms have one size and one scale of colours.
function drawTerm({ patches, kernels, parts, kind, value }, colours) {
  const many = patches.length > 1;
  const look = { cell: many ? 23 : patches[0].length > 3 ? 34 : 44, digits: many ? 1 : 2 };
  const first = { ...look, top: peak(patches), mark: kind === "max" ? value : undefined };
  const second = { ...look, top: kernels ? peak(kernels) : 1, signed: true };
  return (term, patch, k) => {
    const [left, times, right, equals] = term.children;
    drawTable(left, patch, colours, first);
    for (const node of [times, right, equals]) node.hidden = !kernels;
    if (!kernels) return;
    drawTable(right, kernels[k], colours, second);
    set(equals, { text: `= ${fixed(parts[k], 2)}` });
  };
}

function sumInWords({ parts, source, value, bias, total }) {
  const all = parts.reduce((a, b) => a + b, 0);
  const relu = source === "pool2" ? "" : `, after ReLU ${fixed(value, 2)}`;
  const added = bias < 0 ? `− ${fixed(-bias, 2)}` : `+ ${fixed(bias, 2)}`;
  const which = parts.length > 1 ? "all parts " : "";
  return `${which}${fixed(all, 2)} ${added} (bias) = ${fixed(total, 2)}${relu}`;
}
