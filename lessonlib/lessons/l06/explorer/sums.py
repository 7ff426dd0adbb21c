"""The sum behind one value of the drawing explorer's network, layer by layer."""

from typing import Any, NamedTuple

import numpy as np

from lessonlib.nn import Sequential

# layer: the one it reads from, and what its values are
LAYERS = {
    "input": "the drawing",
    "conv1": "input",
    "pool1": "conv1",
    "conv2": "pool1",
    "pool2": "conv2",
    "scores": "pool2",
}
TITLES = {
    "input": "image",
    "conv1": "first convolution",
    "pool1": "first pooling",
    "conv2": "second convolution",
    "pool2": "second pooling",
    "scores": "scores",
}


class Sum(NamedTuple):
    """What one value is made of.

    kind    : "ink" (share of 16 bits), "max" (largest of a window), "product" (patches x kernels)
    place   : the value's name;  source: the layer it reads from
    window  : top, left, height, width in the source, may reach into the frame of zeros
    patches : (T, k, k) what lies under the window;  kernels: the same shape, None for ink and max
    bias    : added after the products;  total: before ReLU;  value: what the layer holds
    """

    kind: str
    place: str
    source: str
    window: tuple[int, int, int, int]
    patches: np.ndarray
    kernels: np.ndarray | None
    bias: float
    total: float
    value: float

    @property
    def parts(self) -> np.ndarray:
        """The sum of each patch times its kernel, (T,)."""
        return (self.patches * self.kernels).sum(axis=(1, 2)) if self.kernels is not None else []

    @property
    def words(self) -> str:
        """The sum in one sentence."""
        if self.kind == "ink":
            return f"{self.patches.sum():.0f} of 16 bits of the drawing are ink: {self.value:.3f}."
        if self.kind == "max":
            return f"The largest of {self.patches.size} values: {_sign(self.value)}."
        total = f"with the bias {_sign(self.bias)} the sum is {_sign(self.total)}"
        if len(self.parts) == 1:
            text = f"Patch × kernel = {_sign(self.parts[0])}; {total}."
        else:
            text = f"{len(self.parts)} patches × kernels = {_sign(np.sum(self.parts))}; {total}."
        if self.place.startswith("score"):
            return text
        return text + (" ReLU leaves it." if self.total > 0 else " ReLU makes it 0.")

    def frame(self) -> dict[str, Any]:
        """The same as JSON values for the view."""
        kernels = None if self.kernels is None else np.round(self.kernels, 4).tolist()
        return {
            "kind": self.kind,
            "source": self.source,
            "window": list(self.window),
            "patches": np.round(self.patches, 4).tolist(),
            "kernels": kernels,
            "parts": np.round(self.parts, 4).tolist(),
            "bias": round(self.bias, 4),
            "total": round(self.total, 4),
            "value": round(self.value, 4),
        }


def _sign(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def layer_sum(
    model: Sequential,
    layers: dict[str, np.ndarray],
    bits: np.ndarray,
    layer: str,
    channel: int,
    row: int,
    column: int,
) -> Sum:
    """Take one value apart: the window it reads, and for a product the kernels and the bias."""
    source = LAYERS[layer]
    values = layers[layer]
    value = float(values[channel] if layer == "scores" else values[channel, row, column])
    at = f"{TITLES[layer]}, map {channel}, row {row}, column {column}"
    if layer == "input":
        window = (4 * row, 4 * column, 4, 4)
        block = bits[4 * row : 4 * row + 4, 4 * column : 4 * column + 4].astype(float)
        place = f"pixel, row {row}, column {column}"
        return Sum("ink", place, source, window, block[None], None, 0.0, value, value)
    if layer.startswith("pool"):
        size = model[2 if layer == "pool1" else 5].options["kernel_size"]
        window = (size * row, size * column, size, size)
        seen = layers[source][channel : channel + 1, window[0] :, window[1] :][:, :size, :size]
        return Sum("max", at, source, window, seen, None, 0.0, value, value)
    if layer == "scores":
        window = (0, 0, 2, 2)
        kernels, bias = model[7].weight.data[channel].reshape(-1, 2, 2), model[7].bias.data[channel]
        seen, at = layers[source], f"score of {channel}"
    else:
        convolution = model[0 if layer == "conv1" else 3]
        kernels, bias = convolution.weight.data[channel], convolution.bias.data[channel]
        size = kernels.shape[-1]
        window = (row - size // 2, column - size // 2, size, size)
        framed = np.pad(layers[source], ((0, 0), (size // 2,) * 2, (size // 2,) * 2))
        seen = framed[:, row : row + size, column : column + size]
    total = float((seen * kernels).sum() + bias)
    return Sum("product", at, source, window, seen, kernels, float(bias), total, value)
