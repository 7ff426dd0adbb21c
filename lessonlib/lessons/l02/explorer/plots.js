// The large map with the points, and both loss curves.

import { sample, scale } from "../../../widgets/axes.js";
import { element, set } from "../../../widgets/element.js";
import { bytes, floats } from "../../../widgets/numbers.js";
import { sharp } from "../../../widgets/paint.js";
import { paintMaps, TILE } from "./network.js";

const MAP = 280; // CSS pixels of the map along one side
const LOSSES = 120; // and of the curves' height
const DASHES = { train: [], test: [8, 3, 2, 3] }; // as in the course's figures

export function mapView(parent) {
  const title = element("div", { class: "ns-title" }, parent);
  const canvas = element("canvas", { class: "ns-map", role: "img" }, parent);
  const small = document.createElement("canvas");
  const options = { test: false, hard: false };
  const draw = (frame, net, at, colours) => {
    const [column, unit] = at;
    const output = column === net.sizes.length - 1;
    const words = output
      ? "output: probability of orange"
      : `${net.name(column, unit)}: its answer in the plane`;
    set(title, { text: words });
    set(canvas, { "aria-label": `Map of the ${words}` });
    let cells = output ? bytes(frame.surface) : unitCells(frame, net, at);
    if (options.hard) cells = cells.map((value) => (value > 128 ? 255 : value < 128 ? 1 : 128));
    paintMaps(small, cells, Math.sqrt(cells.length), colours, 0.6);
    const width = canvas.clientWidth || MAP;
    const context = sharp(canvas, width, width);
    context.imageSmoothingEnabled = !options.hard;
    context.drawImage(small, 0, 0, width, width);
    drawSamples(context, frame, width, options.test, colours);
  };
  return { draw, options };
}

function unitCells(frame, net, [column, unit]) {
  const before = net.sizes.slice(0, column).reduce((sum, units) => sum + units, 0) + unit;
  const area = TILE * TILE;
  return bytes(frame.units).subarray(before * area, (before + 1) * area);
}

// Orange circles and blue squares; the test points are hollow.
function drawSamples(context, frame, width, withTest, colours) {
  const points = floats(frame.points);
  const place = scale([-frame.reach, frame.reach], [0, width]);
  const count = withTest ? points.length / 3 : frame.trained;
  for (let k = 0; k < count; k++) {
    const [x, y] = [place(points[3 * k]), place(-points[3 * k + 1])];
    const role = points[3 * k + 2] > 0 ? "positive" : "negative";
    context.beginPath();
    if (role === "positive") context.arc(x, y, 3.2, 0, 2 * Math.PI);
    else context.rect(x - 2.8, y - 2.8, 5.6, 5.6);
    context.lineWidth = k < frame.trained ? 1 : 1.6;
    context.fillStyle = k < frame.trained ? colours.css(role) : colours.css("ground");
    context.strokeStyle = k < frame.trained ? colours.css("ground") : colours.css(role);
    context.fill();
    context.stroke();
  }
}

export function lossView(parent) {
  const legend = element("div", { class: "ns-legend" }, parent);
  const canvas = element("canvas", { class: "ns-losses", role: "img" }, parent);
  const ghosts = element("div", { class: "ns-ghosts" }, parent);
  element("span", { text: "Loss in nats:" }, legend);
  for (const [role, name] of Object.entries({ train: "training", test: "test" })) {
    const entry = element("span", { class: `ns-key ns-key-${role}` }, legend);
    const box = { viewBox: "0 0 26 6", width: 26, height: 6 };
    sample(entry, box, { d: "M0 3H26", "stroke-dasharray": DASHES[role].join(" ") });
    element("span", { text: name }, entry);
  }
  return (frame, colours) => {
    const runs = [...frame.kept.map((run) => ({ ...run, ghost: true })), frame.curves].map(readRun);
    const kept = runs.filter((run) => run.ghost);
    drawLosses(canvas, runs, colours);
    if (!frame.playing) {
      const now = frame.readouts.map(([name, value]) => `${name} ${value}`);
      set(canvas, {
        "aria-label": `Loss curves: ${now.slice(0, 3).join(", ")}; ${kept.length} kept`,
      });
    }
    set(ghosts, { text: kept.map(ghostWords).join("\n") });
  };
}

const readRun = ({ epochs, train, test, name, ghost }) => ({
  epochs: floats(epochs),
  train: floats(train),
  test: floats(test),
  name,
  ghost,
});
const ghostWords = ({ name, epochs, test }) =>
  `grey: ${name}; test loss ${test.at(-1).toFixed(3)} in epoch ${epochs.at(-1)}`;

function drawLosses(canvas, runs, colours) {
  const width = canvas.clientWidth || MAP;
  const context = sharp(canvas, width, LOSSES);
  const last = Math.max(1, ...runs.map((run) => run.epochs.at(-1)));
  const highest = Math.max(0.75, ...runs.flatMap((run) => [run.train.at(-1), run.test.at(-1)]));
  const top = Math.min(1.5, 1.05 * highest);
  const [left, bottom] = [30, LOSSES - 18];
  const toX = scale([0, last], [left, width - 4]);
  const height = scale([0, top], [bottom, 4]);
  const toY = (loss) => Math.max(2, height(loss));
  drawAxes(context, { left, bottom, width, last, toX, toY }, colours);
  for (const run of runs) {
    for (const role of ["train", "test"]) {
      context.beginPath();
      run.epochs.forEach((epoch, k) => context.lineTo(toX(epoch), toY(run[role][k])));
      context.setLineDash(DASHES[role]);
      context.lineWidth = run.ghost ? 1.2 : 1.8;
      context.strokeStyle = run.ghost ? colours.css("soft", 0.6) : colours.css(role);
      context.stroke();
    }
  }
  context.setLineDash([]);
}

function drawAxes(context, { left, bottom, width, last, toX, toY }, colours) {
  context.font = "11px sans-serif";
  context.fillStyle = colours.css("ink");
  context.strokeStyle = colours.css("frame");
  context.setLineDash([]);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, 2);
  context.lineTo(left, bottom);
  context.lineTo(width - 4, bottom);
  context.stroke();
  context.textAlign = "right";
  context.fillText("0.0", left - 4, toY(0));
  context.fillText("0.5", left - 4, toY(0.5) + 4);
  context.fillText(`epoch ${last}`, width - 4, bottom + 13);
  context.textAlign = "left";
  context.fillText("0", left, bottom + 13);
  context.setLineDash([1, 3]); // the loss of always answering one half
  context.strokeStyle = colours.css("soft");
  context.beginPath();
  context.moveTo(left, toY(Math.LN2));
  context.lineTo(width - 4, toY(Math.LN2));
  context.stroke();
  context.fillText("chance", toX(0) + 4, toY(Math.LN2) - 3);
}
