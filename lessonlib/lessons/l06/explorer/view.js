// The drawing pad of lesson 06 next to the layers of the network, the chosen sum below.

import { button } from "../../../widgets/controls.js";
import { element, OWN_KEYS, set } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { ARROWS } from "../../../widgets/keys.js";
import { bytes, clamp, floats } from "../../../widgets/numbers.js";
import { mix, palette, sharp, watchLook } from "../../../widgets/paint.js";
import { onDrag, shareOf } from "../../../widgets/pointer.js";
import { drawLayer, layerView, SHAPES } from "./layers.js";
import { sumView } from "./sum.js";

const BITS = 48; // of the pad, in both directions
const PIXELS = 12;
const PEN = 2.4; // radius in bits
const HELP =
  "Draw with mouse or finger. Keys on the pad: arrows move the pen, Space paints (hold it to " +
  "draw on), Backspace erases, Shift with an arrow moves the drawing. Choose a value in any " +
  "layer by a click, or by arrows and Enter: framed in red, with the window it reads.";

function drawingView(stage, ask) {
  stage.classList.add("ns-drawing");
  const desk = element("div", { class: "ns-desk" }, stage);
  const left = element("div", { class: "ns-pad-box" }, desk);
  const right = element("div", { class: "ns-layers" }, desk);
  const below = element("div", { class: "ns-sum" }, stage);
  element("p", { class: "ns-help", text: HELP }, stage);
  let frame = null;
  const choose = (place) => ask("choose", { place }, "choose");
  const again = () => {
    if (frame) draw(frame);
  };
  const pad = padView(left, ask, again);
  const layers = SHAPES.slice(1).map((layer) => layerView(right, layer, choose));
  for (const view of layers) view.moved = again;
  const showSum = sumView(below);
  let chosen = "";

  function draw(next) {
    frame = next;
    if (!right.clientWidth) return; // not on the page yet; its arrival is watched below
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
  draw.end = watchLook(right, again);
  return draw;
}

function pack(bits) {
  const packed = Array.from({ length: bits.length / 8 }, () => 0);
  bits.forEach((bit, k) => {
    packed[k >> 3] |= bit << (7 - (k & 7));
  });
  return packed;
}

function unpack(view) {
  const packed = bytes(view);
  return Uint8Array.from({ length: BITS * BITS }, (_, k) => (packed[k >> 3] >> (7 - (k & 7))) & 1);
}

// The pad draws at once; the kernel's drawing is taken over only if somebody else has changed it.
function padView(parent, ask, again) {
  const words = "Drawing pad, 12 by 12 pixels. Arrow keys move the pen, Space paints.";
  const look = { class: "ns-pad", tabindex: 0, role: "application", "aria-label": words };
  const canvas = element("canvas", { ...look, ...OWN_KEYS }, parent);
  const bits = new Uint8Array(BITS * BITS);
  const pad = { canvas, bits, pen: [24, 12], held: false, erase: false };
  const author = Math.random().toString(36).slice(2);
  let seen = "";
  let frame = null;
  let colours = null;
  const paint = () => {
    if (frame) drawPad(pad, frame, colours);
  };
  pad.stamp = (x, y, ink) => {
    const [top, left] = [Math.max(0, Math.floor(y - PEN)), Math.max(0, Math.floor(x - PEN))];
    for (let row = top; row <= Math.min(BITS - 1, y + PEN); row++) {
      for (let column = left; column <= Math.min(BITS - 1, x + PEN); column++) {
        const inside = (row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2 <= PEN ** 2;
        if (inside) pad.bits[row * BITS + column] = ink;
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
  const at = (event) => shareOf(pad.canvas, event).map((share) => share * BITS);
  const stroke = (event) => {
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
  onDrag(pad.canvas, {
    grab(event) {
      last = at(event);
      stroke(event);
      return true;
    },
    move: stroke,
  });
  pad.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
}

function listenPadKeys(pad) {
  pad.canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) pad.move(...arrow);
    else if (arrow) {
      pad.pen = pad.pen.map((value, k) => clamp(value + 2 * arrow[k], 0, BITS));
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
  pad.canvas.addEventListener("keyup", (event) => {
    if (event.key === " ") release();
  });
  pad.canvas.addEventListener("blur", release);
}

function padButtons(parent, pad) {
  const group = { class: "ns-pad-buttons", role: "group", "aria-label": "Drawing" };
  const row = element("div", group, parent);
  const make = (text, name, act) => button(row, { text, title: name, "aria-label": name }, act);
  const eraser = make("Eraser", "Eraser", () => {
    pad.erase = !pad.erase;
    set(eraser, { "aria-pressed": pad.erase });
  });
  set(eraser, { "aria-pressed": false });
  make("Clear", "Clear", () => {
    pad.bits.fill(0);
    pad.send();
  });
  const marks = { "←": "left", "↑": "up", "↓": "down", "→": "right" };
  const keys = { left: "ArrowLeft", up: "ArrowUp", down: "ArrowDown", right: "ArrowRight" };
  for (const [mark, way] of Object.entries(marks)) {
    const act = () => pad.move(...ARROWS[keys[way]]);
    make(mark, `Move the drawing ${way} by one pixel`, act);
  }
}

// What the network sees in grey, the drawing's own bits on it, the window of the chosen value.
function drawPad(pad, frame, colours) {
  const side = pad.canvas.clientWidth;
  if (!side) return;
  const pen = sharp(pad.canvas, side, side);
  const [pixel, bit] = [side / PIXELS, side / BITS];
  drawInk(pen, pad.bits, pixel, colours);
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
  const size = { input: pixel, "the drawing": bit }[source];
  if (size) {
    const [top, left, height, width] = window.map((value) => value * size);
    pen.strokeStyle = colours.css("gradient");
    pen.lineWidth = 2.5;
    pen.strokeRect(left, top, width, height);
  }
  if (document.activeElement === pad.canvas) {
    pen.beginPath();
    pen.arc(pad.pen[0] * bit, pad.pen[1] * bit, PEN * bit, 0, 7);
    pen.strokeStyle = colours.css("negative");
    pen.lineWidth = 2;
    pen.stroke();
  }
}

// A pixel of the network is as dark as many of its 4 × 4 bits are drawn.
function drawInk(pen, bits, pixel, colours) {
  const ink = new Float32Array(PIXELS * PIXELS);
  bits.forEach((on, k) => {
    if (on) ink[Math.floor(k / BITS / 4) * PIXELS + Math.floor((k % BITS) / 4)] += 1 / 16;
  });
  ink.forEach((share, k) => {
    pen.fillStyle = mix(colours.ground, colours.ink, 0.85 * share);
    const [x, y] = [(k % PIXELS) * pixel, Math.floor(k / PIXELS) * pixel];
    pen.fillRect(x, y, pixel + 0.4, pixel + 0.4);
  });
}

export default explorer(drawingView);
