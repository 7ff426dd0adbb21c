"""The sum behind one value of the drawing explorer's network, layer by layer."""

from typing import NamedTuple

import numpy as np

from lessonlib.nn import Sequential

# each layer: the one it reads from
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
MODULES = {"conv1": 0, "conv2": 3, "scores": 7}  # places of weights in the network

Place = tuple[str, int, int, int]  # layer, channel, row, column


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
        """The sum of each patch times its kernel, (T,); empty for ink and max."""
        return np.zeros(0) if self.kernels is None else (self.patches * self.kernels).sum((1, 2))


def layer_sum(
    network: Sequential, layers: dict[str, np.ndarray], bits: np.ndarray, place: Place
) -> Sum:
    """Take one value apart: the window it reads, and for a product the kernels and the bias.

    layers : the values of every layer;  bits : (48, 48) of the drawing
    """
    layer, channel, row, column = place
    if layer == "input":
        return _ink(layers, bits, row, column)
    if layer == "scores":
        return _score(network, layers, channel)
    if layer.startswith("pool"):
        return _largest(layers, place)
    return _convolution(network, layers, place)


def _ink(layers: dict[str, np.ndarray], bits: np.ndarray, row: int, column: int) -> Sum:
    """A pixel: the share of ink in 4 x 4 bits."""
    window = (4 * row, 4 * column, 4, 4)
    block = bits[4 * row : 4 * row + 4, 4 * column : 4 * column + 4].astype(float)
    value = float(layers["input"][0, row, column])
    name = f"pixel, row {row}, column {column}"
    return Sum("ink", name, LAYERS["input"], window, block[None], None, 0.0, value, value)


def _largest(layers: dict[str, np.ndarray], place: Place) -> Sum:
    """A pooled value: the largest of its window."""
    layer, channel, row, column = place
    source = LAYERS[layer]
    size = layers[source].shape[1] // layers[layer].shape[1]  # windows do not overlap
    top, left = size * row, size * column
    seen = layers[source][channel : channel + 1, top : top + size, left : left + size]
    value = float(layers[layer][channel, row, column])
    window = (top, left, size, size)
    return Sum("max", _name(place), source, window, seen, None, 0.0, value, value)


def _convolution(network: Sequential, layers: dict[str, np.ndarray], place: Place) -> Sum:
    """A convolved value: patches of all maps below, times the kernels of its channel."""
    layer, channel, row, column = place
    source = LAYERS[layer]
    kernels, bias = (p.data[channel] for p in network[MODULES[layer]].parameters())
    size = kernels.shape[-1]
    half = size // 2
    framed = np.pad(layers[source], ((0, 0), (half, half), (half, half)))
    seen = framed[:, row : row + size, column : column + size]
    total = float((seen * kernels).sum() + bias)
    value = float(layers[layer][channel, row, column])
    window = (row - half, column - half, size, size)
    return Sum("product", _name(place), source, window, seen, kernels, float(bias), total, value)


def _score(network: Sequential, layers: dict[str, np.ndarray], channel: int) -> Sum:
    """A score: all that the last maps hold, times a row of the linear layer's weights."""
    source = LAYERS["scores"]
    seen = layers[source]
    weights, bias = (p.data[channel] for p in network[MODULES["scores"]].parameters())
    kernels = weights.reshape(seen.shape)
    total = float((seen * kernels).sum() + bias)
    value, window = float(layers["scores"][channel]), (0, 0, *seen.shape[1:])
    return Sum(
        "product", f"score of {channel}", source, window, seen, kernels, float(bias), total, value
    )


def _name(place: Place) -> str:
    layer, channel, row, column = place
    return f"{TITLES[layer]}, map {channel}, row {row}, column {column}"
