"""A drawing of a digit, every layer of a small CNN that reads it, and the chosen value."""

from typing import Any

import numpy as np

from lessonlib.datasets import load
from lessonlib.lessons.l06.explorer.sums import LAYERS, Place, Sum, layer_sum
from lessonlib.models import drawing_network

SIDE, BLOCK = 12, 4  # pixels of an image; bits of a drawing in each pixel, both ways
BITS = SIDE * BLOCK
PEN = 2.4  # radius in bits: the stroke of the digits in the data
SHOWN = {"input": 0, "conv1": 2, "pool1": 3, "conv2": 5, "pool2": 6, "scores": 8}  # layers done


def ink_of(image: np.ndarray) -> np.ndarray:
    """Bits whose blocks hold the ink of an image: the smoothest such drawing, near enough.

    image : (12, 12) in [0, 1]; returns (48, 48) bool with round(16 * pixel) bits in each block

    >>> ink_of(np.full((12, 12), 0.25)).sum() == 144 * 4
    np.True_
    """
    place = (np.arange(BITS) + 0.5) / BLOCK - 0.5  # of each bit's centre, in pixels
    columns = np.stack([np.interp(place, np.arange(SIDE), row) for row in image])
    smooth = np.stack([np.interp(place, np.arange(SIDE), column) for column in columns.T], axis=1)
    blocks = smooth.reshape(SIDE, BLOCK, SIDE, BLOCK).transpose(0, 2, 1, 3).reshape(-1, BLOCK**2)
    rank = np.argsort(np.argsort(-blocks, axis=1, kind="stable"), axis=1)
    inked = rank < np.round(16 * image.reshape(-1, 1))
    whole = inked.reshape(SIDE, SIDE, BLOCK, BLOCK).transpose(0, 2, 1, 3)
    return whole.reshape(BITS, BITS)


class Drawing:
    """A drawing, what every layer makes of it, and the value whose sum is shown.

    bits   : (48, 48) True where there is ink; a pixel of the image is the share of ink in 4 x 4
    digit  : of the example that it is, -1 for a drawing of one's own;  number : which example
    layers : the values of every layer by its name in LAYERS
    chosen : layer, channel, row and column of a value;  scale : each layer's full strength
    author, drawings : who drew last ("" where the view did not), and how many drawings there were
    Raises ValueError for a digit, layer or place that there is not
    Taught in notebooks/06_convolution

    >>> drawing = Drawing(7)
    >>> drawing.answer, drawing.sum.kind
    (7, 'product')
    """

    def __init__(self, digit: int = 3) -> None:
        self.network = drawing_network()
        self._examples = load("digits", split="validation", flat=False)
        self.scale = self._strengths()
        self.author, self.drawings = "", 0
        self.example(digit)
        conv1 = self.layers["conv1"]
        self.choose("conv1", *np.unravel_index(conv1.argmax(), conv1.shape))

    def _strengths(self) -> dict[str, float]:
        """The value that is drawn at full strength in each layer: few examples go beyond it."""
        images, _ = self._examples
        done = self._run(np.pad(images, ((0, 0), (2, 2), (2, 2)))[:, None])
        return {name: float(np.quantile(x, 0.995)) for name, x in done.items() if name != "input"}

    def _run(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Images (N, 1, 12, 12) through the library's own layers, to the values of each layer."""
        done = [x]
        for layer in self.network:
            done.append(layer(done[-1]))
        return {name: done[k] for name, k in SHOWN.items()}

    # The drawing --------------------------------------------------------------------------------

    def example(self, digit: int, number: int = 0) -> None:
        """Show an example of a digit from the validation part; `number` counts them."""
        if digit not in range(10):
            raise ValueError(f"example: digit {digit!r}, wanted 0 to 9")
        images, labels = self._examples
        same = images[labels == digit]
        self.digit, self.number = int(digit), number
        self._take(ink_of(np.pad(same[number % len(same)], 2)))

    def draw(self, bits: np.ndarray, author: str = "") -> None:
        """Take a drawing, (48, 48) of True where there is ink. Raises ValueError for a shape."""
        bits = np.asarray(bits, bool)
        if bits.shape != (BITS, BITS):
            raise ValueError(f"draw: bits of shape {bits.shape}, wanted ({BITS}, {BITS})")
        self.digit = -1
        self._take(bits.copy(), author)

    def paint(self, x: float, y: float, ink: bool = True) -> None:
        """Put the round pen down at bit (x, y), or the eraser."""
        row, column = np.mgrid[:BITS, :BITS] + 0.5
        bits = self.bits.copy()
        bits[(row - y) ** 2 + (column - x) ** 2 <= PEN**2] = ink
        self.draw(bits)

    def clear(self) -> None:
        """Take all ink away."""
        self.draw(np.zeros((BITS, BITS), bool))

    def move(self, right: int, down: int) -> None:
        """Move the drawing by whole pixels; what leaves is lost."""
        bits = np.zeros_like(self.bits)
        dx, dy = (int(np.clip(v, -SIDE, SIDE)) * BLOCK for v in (right, down))
        bits[max(dy, 0) : BITS + min(dy, 0), max(dx, 0) : BITS + min(dx, 0)] = self.bits[
            max(-dy, 0) : BITS + min(-dy, 0), max(-dx, 0) : BITS + min(-dx, 0)
        ]
        self.draw(bits)

    def _take(self, bits: np.ndarray, author: str = "") -> None:
        """Let the network read a drawing."""
        self.bits = bits
        image = bits.reshape(SIDE, BLOCK, SIDE, BLOCK).mean(axis=(1, 3)).astype(np.float32)
        self.layers = {name: x[0] for name, x in self._run(image[None, None]).items()}
        self.author, self.drawings = author, self.drawings + 1

    # The chosen value ---------------------------------------------------------------------------

    def choose(self, layer: str, channel: int, row: int = 0, column: int = 0) -> None:
        """Choose a value, to see the sum behind it."""
        if layer not in LAYERS:
            raise ValueError(f"choose: layer {layer!r}, wanted one of {', '.join(LAYERS)}")
        shape = self.layers[layer].shape if layer != "scores" else (10, 1, 1)
        place = (int(channel), int(row), int(column))
        if not all(0 <= at < size for at, size in zip(place, shape, strict=True)):
            raise ValueError(f"choose: {layer} {place}, wanted places below {shape}")
        self.chosen: Place = (layer, *place)

    @property
    def _size(self) -> tuple[int, int]:
        """Places of the chosen map; the scores are one row."""
        layer = self.chosen[0]
        return (1, 10) if layer == "scores" else self.layers[layer].shape[1:]

    @property
    def _place(self) -> int:
        """The place of the chosen value in its map, counted row by row."""
        layer, channel, row, column = self.chosen
        return channel if layer == "scores" else row * self._size[1] + column

    def _go(self, place: int) -> None:
        layer, channel = self.chosen[:2]
        row, column = divmod(place, self._size[1])
        self.chosen = (layer, place, 0, 0) if layer == "scores" else (layer, channel, row, column)

    @property
    def finished(self) -> bool:
        """Whether the window has come to the last place of its map."""
        return self._place == self._size[0] * self._size[1] - 1

    def step(self) -> None:
        """Go on to the next place of the chosen map."""
        self._go(self._place + 1)

    def reset(self) -> None:
        """Back to the first place of the map; from there, to another example."""
        if self._place == 0:
            digit = (self.digit + 1) % 10
            self.example(digit, self.number + (digit == 0))
        self._go(0)

    # The numbers --------------------------------------------------------------------------------

    @property
    def sum(self) -> Sum:
        """What the chosen value is made of."""
        return layer_sum(self.network, self.layers, self.bits, self.chosen)

    @property
    def image(self) -> np.ndarray:
        """What the network reads, (12, 12)."""
        return self.layers["input"][0]

    @property
    def shares(self) -> np.ndarray:
        """The softmax of the scores, (10,)."""
        scores = self.layers["scores"].astype(float)
        powers = np.exp(scores - scores.max())
        return powers / powers.sum()

    @property
    def answer(self) -> int:
        """The digit with the largest score."""
        return int(self.layers["scores"].argmax())

    @property
    def state(self) -> dict[str, Any]:
        """Drawing, image, all layers, answer and the chosen value as plain values and copies."""
        return {
            "digit": self.digit if self.digit >= 0 else None,
            "bits": self.bits.copy(),
            "image": self.image.copy(),
            "layers": {name: array.copy() for name, array in self.layers.items()},
            "scores": self.layers["scores"].astype(float),
            "shares": self.shares,
            "answer": self.answer,
            "chosen": self.chosen,
            "value": self.sum.value,
        }
