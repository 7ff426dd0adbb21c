// The layers of lesson 06's network as tiles, with the chosen value and the window that it reads.

import { element, OWN_KEYS } from "../../../widgets/element.js";
import { ARROWS } from "../../../widgets/keys.js";
import { clamp } from "../../../widgets/numbers.js";
import { mix, sharp } from "../../../widgets/paint.js";

export const SHAPES = [
  { name: "input", maps: 1, side: 12 },
  {
    name: "conv1",
    maps: 8,
    side: 12,
    across: 8,
    title: "5 × 5 convolution, ReLU: 8 maps of 12 × 12",
  },
  { name: "pool1", maps: 8, side: 6, across: 8, title: "largest of 2 × 2: 8 maps of 6 × 6" },
  {
    name: "conv2",
    maps: 16,
    side: 6,
    across: 8,
    title: "3 × 3 convolution, ReLU: 16 maps of 6 × 6",
  },
  { name: "pool2", maps: 16, side: 2, across: 16, title: "largest of 3 × 3: 16 maps of 2 × 2" },
  { name: "scores", maps: 10, side: 1, across: 10, title: "ten scores, as shares (softmax)" },
];
const GAP = 4;
const SCORE = 50; // height of the bars

// Where the values of each layer begin in the frame's array.
let start = 0;
for (const layer of SHAPES) {
  layer.start = start;
  start += layer.maps * layer.side ** 2;
}

// One layer: a canvas of tiles. Its cursor goes over all tiles as over one large grid.
export function layerView(parent, layer, choose) {
  const box = element("div", { class: "ns-layer" }, parent);
  element("div", { class: "ns-layer-title", text: layer.title }, box);
  const words = `${layer.title}. Arrow keys move, Enter shows the sum behind a value.`;
  const look = { tabindex: 0, role: "application", "aria-label": words };
  const canvas = element("canvas", { ...look, "data-layer": layer.name, ...OWN_KEYS }, box);
  const view = { layer, canvas, cursor: [0, 0], geometry: null };
  view.setPlace = (map, row, column) => {
    view.cursor = [
      Math.floor(map / layer.across) * layer.side + row,
      (map % layer.across) * layer.side + column,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    view.cursor = cursorAt(view, event);
    choose(placeOf(view));
  });
  listenLayerKeys(view, choose);
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => view.moved());
  return view;
}

// The cursor as the kernel names it: layer, map, row, column.
function placeOf({ layer, cursor: [row, column] }) {
  const map = Math.floor(row / layer.side) * layer.across + Math.floor(column / layer.side);
  return [layer.name, map, row % layer.side, column % layer.side];
}

function held({ layer }, [row, column]) {
  const rows = Math.ceil(layer.maps / layer.across) * layer.side;
  return [clamp(row, 0, rows - 1), clamp(column, 0, layer.across * layer.side - 1)];
}

function cursorAt(view, { offsetX, offsetY }) {
  const { side, name } = view.layer;
  const { tile, step, tall } = view.geometry;
  const at = (offset, pitch) => {
    const number = Math.floor(offset / pitch);
    const inside = Math.floor(((offset - number * pitch) / tile) * side);
    return number * side + Math.min(side - 1, inside);
  };
  return held(view, [name === "scores" ? 0 : at(offsetY, tall), at(offsetX, step)]);
}

function listenLayerKeys(view, choose) {
  view.canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const [row, column] = view.cursor;
      view.cursor = held(view, [row + arrow[1], column + arrow[0]]);
      view.moved();
    } else if (event.key === "Enter" || event.key === " ") choose(placeOf(view));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

export function drawLayer(view, values, frame, colours) {
  const { layer, canvas } = view;
  const width = canvas.clientWidth;
  if (!width) return;
  const step = (width + GAP) / layer.across;
  const tile = step - GAP;
  const down = Math.ceil(layer.maps / layer.across);
  const tall = layer.name === "scores" ? SCORE : tile + GAP;
  view.geometry = { tile, step, tall };
  const height = layer.name === "scores" ? SCORE : down * tall - GAP;
  const pen = sharp(canvas, width, height);
  if (layer.name === "scores") drawScores(pen, frame, colours, step, tile);
  else {
    for (let map = 0; map < layer.maps; map++) {
      drawTile(pen, view, map, values, frame.scale[layer.name], colours);
    }
  }
  drawMarks(view, frame, colours, pen);
}

const cornerOf = ({ layer, geometry }, map) => [
  (map % layer.across) * geometry.step,
  Math.floor(map / layer.across) * geometry.tall,
];

function drawTile(pen, view, map, values, strongest, colours) {
  const { side, start: first } = view.layer;
  const { tile } = view.geometry;
  const [left, top] = cornerOf(view, map);
  const cell = tile / side;
  pen.fillStyle = colours.css("ground");
  pen.fillRect(left, top, tile, tile);
  for (let n = 0; n < side ** 2; n++) {
    const value = values[first + map * side ** 2 + n];
    if (value <= 0) continue;
    pen.fillStyle = mix(colours.ground, colours.positive, value / strongest);
    const [x, y] = [left + (n % side) * cell, top + Math.floor(n / side) * cell];
    pen.fillRect(x, y, cell + 0.4, cell + 0.4);
  }
  pen.strokeStyle = colours.css("frame");
  pen.lineWidth = 1;
  pen.strokeRect(left + 0.5, top + 0.5, tile - 1, tile - 1);
}

function drawScores(pen, { shares, answer }, colours, step, tile) {
  pen.font = "600 13px sans-serif";
  pen.textAlign = "center";
  shares.forEach((share, digit) => {
    const height = share * (SCORE - 18);
    pen.fillStyle = digit === answer ? colours.css("positive") : colours.css("soft");
    pen.fillRect(digit * step, SCORE - 17 - height, tile, height + 1);
    pen.fillStyle = colours.css("ink");
    pen.fillText(String(digit), digit * step + tile / 2, SCORE - 3);
  });
}

// The chosen value, the window it reads from, and where the keyboard is.
function drawMarks(view, frame, colours, pen) {
  const { layer, geometry } = view;
  const [name, map, row, column] = frame.chosen;
  const cell = geometry.tile / layer.side;
  const outline = (k, top, left, height, width) => {
    const [x, y] = cornerOf(view, k);
    const tall = layer.name === "scores" ? SCORE - 2 : height * cell;
    pen.strokeRect(x + left * cell + 0.5, y + top * cell + 0.5, width * cell - 1, tall - 1);
  };
  pen.setLineDash([]);
  pen.lineWidth = 2;
  pen.strokeStyle = colours.css("ink");
  if (frame.sum.source === layer.name) {
    const [top, left, height, width] = frame.sum.window;
    const one = frame.sum.kind === "max";
    for (let k = 0; k < layer.maps; k++) {
      if (!one || k === map) outline(k, top, left, height, width);
    }
  }
  if (name === layer.name) {
    pen.lineWidth = 3;
    pen.strokeStyle = colours.css("gradient");
    outline(map, row, column, 1, 1);
  }
  if (document.activeElement === view.canvas) {
    const [, k, r, c] = placeOf(view);
    pen.lineWidth = 2;
    pen.setLineDash([3, 2]);
    pen.strokeStyle = colours.css("negative");
    outline(k, r, c, 1, 1);
    pen.setLineDash([]);
  }
}
