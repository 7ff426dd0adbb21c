// The layers of lesson 06's network as tiles, and the terms of one sum. Uses playground_paint.js.

const SHAPES = [
  { name: "input", maps: 1, side: 12 },
  { name: "conv1", maps: 8, side: 12, across: 8, title: "5 × 5 convolution, ReLU: 8 maps of 12 × 12" },
  { name: "pool1", maps: 8, side: 6, across: 8, title: "largest of 2 × 2: 8 maps of 6 × 6" },
  { name: "conv2", maps: 16, side: 6, across: 8, title: "3 × 3 convolution, ReLU: 16 maps of 6 × 6" },
  { name: "pool2", maps: 16, side: 2, across: 16, title: "largest of 3 × 3: 16 maps of 2 × 2" },
  { name: "scores", maps: 10, side: 1, across: 10, title: "ten scores, as shares (softmax)" },
];
const GAP = 4;
const SCORE = 50; // height of the bars

// Where the values of each layer begin in the frame's array.
SHAPES.reduce((start, layer) => {
  layer.start = start;
  return start + layer.maps * layer.side ** 2;
}, 0);
const shapeOf = name => SHAPES.find(layer => layer.name === name);

const mix = (from, to, share) =>
  `rgb(${from.map((value, k) => Math.round(value + Math.max(0, Math.min(1, share)) * (to[k] - value))).join()})`;
const signedInk = (colours, share) =>
  mix(colours.ground, share < 0 ? colours.negative : colours.positive, 0.9 * Math.abs(share));

// One layer: a canvas of tiles. Its cursor goes over all tiles as over one large grid.
function layerView(parent, layer, choose) {
  const box = element("div", { class: "ns-layer" }, parent);
  element("div", { class: "ns-layer-title", text: layer.title }, box);
  const words = `${layer.title}. Arrow keys move, Enter shows the sum behind a value.`;
  const canvas = element("canvas", { tabindex: 0, role: "application", "aria-label": words }, box);
  canvas.dataset.layer = layer.name;
  canvas.dataset.lmSuppressShortcuts = "true";
  const rows = Math.ceil(layer.maps / layer.across) * layer.side;
  const columns = layer.across * layer.side;
  const view = { layer, canvas, cursor: [0, 0], geometry: null };

  const place = ([row, column]) => {
    const map = Math.floor(row / layer.side) * layer.across + Math.floor(column / layer.side);
    return [layer.name, map, row % layer.side, column % layer.side];
  };
  view.setPlace = (map, row, column) => {
    view.cursor = [
      Math.floor(map / layer.across) * layer.side + row,
      (map % layer.across) * layer.side + column,
    ];
  };
  canvas.addEventListener("pointerdown", event => {
    const { tile, step, tall } = view.geometry;
    const [x, y] = [event.offsetX, event.offsetY];
    const at = (offset, pitch, size) => {
      const number = Math.floor(offset / pitch);
      return [number, Math.min(layer.side - 1, Math.floor(((offset - number * pitch) / size) * layer.side))];
    };
    const [across, column] = at(x, step, tile);
    const [down, row] = layer.name === "scores" ? [0, 0] : at(y, tall, tile);
    const limit = (value, most) => Math.max(0, Math.min(most - 1, value));
    const shown = [limit(down * layer.side + row, rows), limit(across * layer.side + column, columns)];
    view.cursor = shown;
    choose(place(shown));
  });
  canvas.addEventListener("keydown", event => {
    const arrows = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const move = arrows[event.key];
    if (move) {
      const [row, column] = view.cursor;
      view.cursor = [
        Math.max(0, Math.min(rows - 1, row + move[0])),
        Math.max(0, Math.min(columns - 1, column + move[1])),
      ];
      view.moved();
    } else if (event.key === "Enter" || event.key === " ") choose(place(view.cursor));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("focus", () => view.moved());
  canvas.addEventListener("blur", () => view.moved());
  return view;
}

function drawLayer(view, values, frame, colours) {
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
    const cell = tile / layer.side;
    const strongest = frame.scale[layer.name];
    for (let k = 0; k < layer.maps; k++) {
      const [left, top] = [(k % layer.across) * step, Math.floor(k / layer.across) * tall];
      pen.fillStyle = mix(colours.ground, colours.ground, 0);
      pen.fillRect(left, top, tile, tile);
      for (let n = 0; n < layer.side ** 2; n++) {
        const value = values[layer.start + k * layer.side ** 2 + n];
        if (value <= 0) continue;
        pen.fillStyle = mix(colours.ground, colours.positive, value / strongest);
        const [x, y] = [left + (n % layer.side) * cell, top + Math.floor(n / layer.side) * cell];
        pen.fillRect(x, y, cell + 0.4, cell + 0.4);
      }
      pen.strokeStyle = colours.css("frame");
      pen.lineWidth = 1;
      pen.strokeRect(left + 0.5, top + 0.5, tile - 1, tile - 1);
    }
  }
  drawMarks(view, frame, colours, pen);
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
  const corner = k => [(k % layer.across) * geometry.step, Math.floor(k / layer.across) * geometry.tall];
  const outline = (k, top, left, height, width) => {
    const [x, y] = corner(k);
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
    const [r, c] = view.cursor;
    const k = Math.floor(r / layer.side) * layer.across + Math.floor(c / layer.side);
    pen.lineWidth = 2;
    pen.setLineDash([3, 2]);
    pen.strokeStyle = colours.css("negative");
    outline(k, r % layer.side, c % layer.side, 1, 1);
    pen.setLineDash([]);
  }
}

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
      const text = value.toFixed(digits).replace("-", "−").replace(/^−?0(\.0+)?$/, "0");
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

// The chosen sum: one row of patch × kernel = part for each channel.
function sumView(parent) {
  const title = element("div", { class: "ns-layer-title" }, parent);
  const terms = element("div", { class: "ns-terms" }, parent);
  const total = element("p", { class: "ns-total" }, parent);
  const number = value => value.toFixed(2).replace("-", "−");
  return (sum, colours) => {
    const many = sum.patches.length > 1;
    const look = { cell: many ? 23 : sum.patches[0].length > 3 ? 34 : 44, digits: many ? 1 : 2 };
    const peak = tables => Math.max(0.01, ...tables.flat(2).map(Math.abs));
    const [patchTop, kernelTop] = [peak(sum.patches), sum.kernels ? peak(sum.kernels) : 1];
    const product = sum.kernels !== null;
    title.textContent = product
      ? many
        ? `${sum.patches.length} patches × kernels, one for each map before it`
        : "Patch × kernel"
      : sum.kind === "max"
        ? "The window, its largest value marked"
        : "The 4 × 4 bits of your drawing behind this pixel";
    while (terms.children.length > sum.patches.length) terms.lastChild.remove();
    sum.patches.forEach((patch, k) => {
      const term = terms.children[k] || makeTerm(terms);
      const [left, times, right, equals] = term.children;
      const mark = sum.kind === "max" ? sum.value : undefined;
      drawTable(left, patch, colours, { ...look, top: patchTop, mark });
      for (const node of [times, right, equals]) node.hidden = !product;
      if (!product) return;
      drawTable(right, sum.kernels[k], colours, { ...look, top: kernelTop, signed: true });
      equals.textContent = `= ${number(sum.parts[k])}`;
    });
    total.textContent = product ? sumInWords(sum, number) : "";
  };
}

function makeTerm(terms) {
  const term = element("div", { class: "ns-term" }, terms);
  element("canvas", { "aria-hidden": "true" }, term);
  element("span", { text: "×" }, term);
  element("canvas", { "aria-hidden": "true" }, term);
  element("span", { class: "ns-part" }, term);
  return term;
}

function sumInWords(sum, number) {
  const all = sum.parts.reduce((a, b) => a + b, 0);
  const relu = sum.source === "pool2" ? "" : `, after ReLU ${number(sum.value)}`;
  const bias = sum.bias < 0 ? `− ${number(-sum.bias)}` : `+ ${number(sum.bias)}`;
  const parts = sum.parts.length > 1 ? "all parts " : "";
  return `${parts}${number(all)} ${bias} (bias) = ${number(sum.total)}${relu}`;
}

