// The drawing pad of lesson 06 beside the layers of the network, the chosen sum below.

const BITS = 48; // of the pad, in both directions
const PIXELS = 12;
const PEN = 2.4; // radius in bits
const DRAW_HELP =
  "Draw with mouse or finger. Keys on the pad: arrows move the pen, Space paints (hold it to draw on), " +
  "Backspace erases, Shift with an arrow moves the drawing. Choose a value in any layer by a click, or by " +
  "arrows and Enter: framed in red, with the window it reads.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function drawingView(stage, ask) {
  stage.classList.add("ns-drawing");
  const desk = element("div", { class: "ns-desk" }, stage);
  const left = element("div", { class: "ns-pad-box" }, desk);
  const right = element("div", { class: "ns-layers" }, desk);
  const below = element("div", { class: "ns-sum" }, stage);
  element("p", { class: "ns-help", text: DRAW_HELP }, stage);
  let frame = null;
  const choose = place => ask("choose", { place }, "choose");
  const again = () => {
    if (frame) draw(frame);
  };
  const pad = padView(left, ask, again);
  const layers = SHAPES.slice(1).map(layer => layerView(right, layer, choose));
  for (const view of layers) view.moved = again;
  const showSum = sumView(below);
  let chosen = "";

  function draw(next) {
    frame = next;
    if (!right.clientWidth) return; // not on the page yet; the observer below sees its arrival
    const colours = palette(stage); // of the theme as it is now
    const values = floats(frame.values);
    pad.draw(frame, colours);
    if (chosen !== String(frame.chosen)) {
      chosen = String(frame.chosen);
      const [name, ...place] = frame.chosen;
      for (const view of layers) if (view.layer.name === name) view.setPlace(...place);
    }
    for (const view of layers) drawLayer(view, values, frame, colours);
    showSum(frame.sum, colours);
    stage.dataset.drawn = frame.token[1]; // the drawing that the layers now show
  }
  const resized = new ResizeObserver(again);
  resized.observe(right);
  let late = 0;
  const themed = new MutationObserver(() => {
    clearTimeout(late);
    late = setTimeout(again, 600); // the theme's own style sheet arrives after its name
    again();
  });
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
  draw.end = () => {
    clearTimeout(late);
    resized.disconnect();
    themed.disconnect();
  };
  return draw;
}

function pack(bits) {
  const bytesOut = new Array(bits.length / 8).fill(0);
  bits.forEach((bit, k) => {
    bytesOut[k >> 3] |= bit << (7 - (k & 7));
  });
  return bytesOut;
}

function unpack(view) {
  const packed = bytes(view);
  return Uint8Array.from({ length: BITS * BITS }, (_, k) => (packed[k >> 3] >> (7 - (k & 7))) & 1);
}

// The pad draws at once; the kernel's drawing is taken over only where somebody else has changed it.
function padView(parent, ask, again) {
  const label = "Drawing pad, 12 by 12 pixels. Arrow keys move the pen, Space paints.";
  const canvas = element("canvas", { class: "ns-pad", tabindex: 0, role: "application" }, parent);
  canvas.setAttribute("aria-label", label);
  canvas.dataset.lmSuppressShortcuts = "true";
  const pad = { canvas, bits: new Uint8Array(BITS * BITS), pen: [24, 12], held: false, erase: false };
  const author = Math.random().toString(36).slice(2);
  let seen = "";
  let frame = null;
  let colours = null;
  const paint = () => {
    if (frame) drawPad(pad, frame, colours);
  };
  pad.stamp = (x, y, ink) => {
    for (let row = Math.max(0, Math.floor(y - PEN)); row <= Math.min(BITS - 1, y + PEN); row++) {
      for (let column = Math.max(0, Math.floor(x - PEN)); column <= Math.min(BITS - 1, x + PEN); column++) {
        if ((row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2 <= PEN ** 2) pad.bits[row * BITS + column] = ink;
      }
    }
  };
  pad.send = () => {
    paint();
    ask("draw", { bits: pack(pad.bits), author }, "draw");
  };
  pad.move = (right, down) => ask("move", { right, down });
  pad.draw = (next, inks) => {
    [frame, colours] = [next, inks];
    if (String(frame.token) !== seen) {
      seen = String(frame.token);
      if (frame.token[0] !== author) pad.bits = unpack(frame.bits);
    }
    paint();
  };
  pad.paint = paint;
  listenPen(pad);
  listenPadKeys(pad);
  padButtons(parent, pad);
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, again);
  return pad;
}

function listenPen(pad) {
  let last = null;
  const at = event => {
    const box = pad.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * BITS, ((event.clientY - box.top) / box.height) * BITS];
  };
  const stroke = event => {
    const [x, y] = at(event);
    const ink = pad.erase || event.buttons === 2 ? 0 : 1;
    const steps = Math.max(1, Math.ceil(Math.hypot(x - last[0], y - last[1])));
    for (let k = 1; k <= steps; k++) {
      const share = k / steps;
      pad.stamp(last[0] + share * (x - last[0]), last[1] + share * (y - last[1]), ink);
    }
    last = pad.pen = [x, y];
    pad.send();
  };
  pad.canvas.addEventListener("pointerdown", event => {
    last = at(event);
    pad.canvas.setPointerCapture(event.pointerId);
    stroke(event);
  });
  pad.canvas.addEventListener("pointermove", event => {
    if (last) stroke(event);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    pad.canvas.addEventListener(name, () => {
      last = null;
    });
  }
  pad.canvas.addEventListener("contextmenu", event => event.preventDefault());
}

function listenPadKeys(pad) {
  const hold = value => Math.max(0, Math.min(BITS, value));
  pad.canvas.addEventListener("keydown", event => {
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) pad.move(...arrow);
    else if (arrow) {
      pad.pen = [hold(pad.pen[0] + 2 * arrow[0]), hold(pad.pen[1] + 2 * arrow[1])];
      if (pad.held) pad.stamp(...pad.pen, pad.erase ? 0 : 1);
      if (pad.held) pad.send();
      else pad.paint();
    } else if (event.key === " ") {
      pad.held = true;
      pad.stamp(...pad.pen, pad.erase ? 0 : 1);
      pad.send();
    } else if (event.key === "Backspace" || event.key === "Delete") {
      pad.stamp(...pad.pen, 0);
      pad.send();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const release = () => {
    pad.held = false;
  };
  pad.canvas.addEventListener("keyup", event => {
    if (event.key === " ") release();
  });
  pad.canvas.addEventListener("blur", release);
}

function padButtons(parent, pad) {
  const row = element("div", { class: "ns-pad-buttons", role: "group", "aria-label": "Drawing" }, parent);
  const button = (text, name, act) => {
    const node = element("button", { type: "button", text, title: name, "aria-label": name }, row);
    node.addEventListener("click", () => act(node));
    return node;
  };
  const eraser = button("Eraser", "Eraser", node => {
    pad.erase = !pad.erase;
    node.setAttribute("aria-pressed", pad.erase);
  });
  eraser.setAttribute("aria-pressed", false);
  button("Clear", "Clear", () => {
    pad.bits.fill(0);
    pad.send();
  });
  const marks = { ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", ArrowRight: "→" };
  const words = { ArrowLeft: "left", ArrowUp: "up", ArrowDown: "down", ArrowRight: "right" };
  for (const [key, mark] of Object.entries(marks)) {
    button(mark, `Move the drawing ${words[key]} by one pixel`, () => pad.move(...ARROWS[key]));
  }
}

// What the network sees in grey, the drawing's own bits on it, the window of the chosen value.
function drawPad(pad, frame, colours) {
  const side = pad.canvas.clientWidth;
  if (!side) return;
  const pen = sharp(pad.canvas, side, side);
  const [pixel, bit] = [side / PIXELS, side / BITS];
  const ink = new Float32Array(PIXELS * PIXELS);
  pad.bits.forEach((on, k) => {
    if (on) ink[Math.floor(k / BITS / 4) * PIXELS + Math.floor((k % BITS) / 4)] += 1 / 16;
  });
  ink.forEach((share, k) => {
    pen.fillStyle = mix(colours.ground, colours.ink, 0.85 * share);
    pen.fillRect((k % PIXELS) * pixel, Math.floor(k / PIXELS) * pixel, pixel + 0.4, pixel + 0.4);
  });
  pen.fillStyle = colours.css("positive", 0.5);
  pad.bits.forEach((on, k) => {
    if (on) pen.fillRect((k % BITS) * bit, Math.floor(k / BITS) * bit, bit - 0.5, bit - 0.5);
  });
  pen.strokeStyle = colours.css("frame", 0.45);
  pen.lineWidth = 1;
  for (let k = 1; k < PIXELS; k++) {
    pen.strokeRect(-1, k * pixel, side + 2, 0);
    pen.strokeRect(k * pixel, -1, 0, side + 2);
  }
  const { source, window } = frame.sum;
  if (source === "input" || source === "the drawing") {
    const size = source === "input" ? pixel : bit;
    const [top, left, height, width] = window;
    pen.strokeStyle = colours.css("gradient");
    pen.lineWidth = 2.5;
    pen.strokeRect(left * size, top * size, width * size, height * size);
  }
  if (document.activeElement === pad.canvas) {
    pen.beginPath();
    pen.arc(pad.pen[0] * bit, pad.pen[1] * bit, PEN * bit, 0, 7);
    pen.strokeStyle = colours.css("negative");
    pen.lineWidth = 2;
    pen.stroke();
  }
}

export default explorer(drawingView);
