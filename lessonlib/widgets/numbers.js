// Numbers: `clamp` holds them within limits, `fixed` writes them, `bytes`, `signedBytes` and
// `floats` read them from an array that the kernel has sent as `array.tobytes()`.

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export const fixed = (value, digits) => value.toFixed(digits).replace("-", "−");

export const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

export const signedBytes = (view) => new Int8Array(view.buffer, view.byteOffset, view.byteLength);

// A copy, because four bytes may begin anywhere in the message.
export const floats = (view) => new Float32Array(bytes(view).slice().buffer);
