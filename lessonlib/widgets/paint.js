// Words, bytes, colours and pixels: what the parts of the playground's view share.

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const pretty = name =>
  name.replace(/\d/g, digit => SUBSCRIPTS[digit]).replace("^₂", "²").replace(/[*)]/g, "").replace("(", " ");
const signed = value => (Number.isFinite(value) ? value.toFixed(2).replace("-", "−") : "not a number");
const floats = view => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
const bytes = view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// Role colours as numbers; read again when JupyterLab changes its theme.
function palette(node) {
  const probe = element("span", { style: "display:none" }, node);
  const read = name => {
    probe.style.color = `var(--ns-${name})`;
    return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  };
  const names = ["positive", "negative", "gradient", "ground", "ink", "soft", "frame", "train", "test"];
  const colours = Object.fromEntries(names.map(name => [name, read(name)]));
  probe.remove();
  colours.css = (name, alpha = 1) => `rgba(${colours[name].join(",")},${alpha})`;
  // 0 to 255 from the negative colour over the ground to the positive one, a whole pixel each
  const map = strength => {
    const table = new Uint8ClampedArray(1024).fill(255);
    for (let k = 0; k < 256; k++) {
      const value = Math.max(-1, (k - 128) / 127);
      const end = value < 0 ? colours.negative : colours.positive;
      const share = strength * Math.abs(value);
      for (let c = 0; c < 3; c++) table[4 * k + c] = colours.ground[c] + share * (end[c] - colours.ground[c]);
    }
    return new Uint32Array(table.buffer);
  };
  return Object.assign(colours, { strong: map(0.95), pale: map(0.6) });
}

// One or more square maps, one below the other, a pixel for each cell.
function paintMaps(canvas, cells, side, table) {
  const height = cells.length / side;
  if (canvas.width !== side || canvas.height !== height) [canvas.width, canvas.height] = [side, height];
  if (!height) return;
  const pixels = new Uint32Array(cells.length);
  for (let k = 0; k < cells.length; k++) pixels[k] = table[cells[k]];
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), side, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A canvas that is sharp on every screen; returns its context in CSS pixels.
function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

