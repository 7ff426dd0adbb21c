"""The explorer of lesson 06: draw a digit, see every layer, and the sum behind any value."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lessonlib.datasets import load
from lessonlib.lessons.l06.explorer.sums import LAYERS, Sum, layer_sum
from lessonlib.models import drawing_network
from lessonlib.widgets.explorer import Explorer

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

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


class DrawingExplorer(Explorer):
    """Draw a digit; the maps of a small CNN follow; any value shows patch x kernel = sum.

    digit : 0 to 9, an example to begin with
    A drawing has 48 x 48 bits; the image has 12 x 12 pixels, each the share of ink in 4 x 4 bits.
    A step goes on to the next place of the chosen map, so that the window slides over the image.
    Raises ValueError for a digit, layer or place that there is not
    Taught in notebooks/06_convolution

    >>> DrawingExplorer(7).state["answer"]
    7
    """

    unit: ClassVar[str] = "place"
    reset_hint: ClassVar[str] = "Back to the map's first place; again: another example"
    rates: ClassVar[tuple[int, ...]] = (1, 4, 15, 60)

    def __init__(self, digit: int = 3) -> None:
        super().__init__()
        self.model = drawing_network()
        self._examples = load("digits", split="validation", flat=False)
        self._scale = self._strengths()
        self._menu: Any = None
        self._token: list[Any] = ["", 0]  # who drew last, and the number of the drawing
        self.chosen = ("conv1", 0, 4, 5)
        self.digit = -1
        self.example(digit)
        strongest = np.unravel_index(self.layers["conv1"].argmax(), (8, SIDE, SIDE))
        self.choose("conv1", *map(int, strongest))

    def _strengths(self) -> dict[str, float]:
        """The value that is drawn at full strength in each layer: few examples go beyond it."""
        x = np.pad(self._examples[0], ((0, 0), (2, 2), (2, 2)))[:, None]
        found = {}
        for k, layer in enumerate(self.model, start=1):
            x = layer(x)
            found |= {n: float(np.quantile(x, 0.995)) for n, at in SHOWN.items() if at == k}
        return found

    # The drawing --------------------------------------------------------------------------------

    def example(self, digit: int, number: int = 0) -> None:
        """Show an example of a digit from the validation part; `number` counts them."""
        if digit not in range(10):
            raise ValueError(f"example: digit {digit!r}, wanted 0 to 9")
        images, labels = self._examples
        same = images[labels == digit]
        image = np.pad(same[number % len(same)], 2)
        self.digit, self.number = int(digit), number
        self._take(ink_of(image))
        if self._menu is not None and self._menu.value != digit:
            self._menu.value = digit

    def draw(self, bits: np.ndarray) -> None:
        """Take a drawing, (48, 48) of True where there is ink. Raises ValueError for a shape."""
        bits = np.asarray(bits, bool)
        if bits.shape != (BITS, BITS):
            raise ValueError(f"draw: bits of shape {bits.shape}, wanted ({BITS}, {BITS})")
        self._own()
        self._take(bits.copy())

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
        self._own()
        self._take(bits)

    def _own(self) -> None:
        """It is no longer an example."""
        self.digit = -1
        if self._menu is not None:
            self._menu.value = -1

    def _take(self, bits: np.ndarray) -> None:
        """Show a drawing: its image, and every layer by the library's own layers."""
        self.bits = bits
        image = bits.reshape(SIDE, BLOCK, SIDE, BLOCK).mean(axis=(1, 3)).astype(np.float32)
        x, done = image[None, None], {0: image[None]}
        for k, layer in enumerate(self.model, start=1):
            x = layer(x)
            done[k] = x[0]
        self.layers = {name: done[k] for name, k in SHOWN.items()}
        self._token = ["", self._token[1] + 1]
        self.refresh()

    # The chosen value ---------------------------------------------------------------------------

    def choose(self, layer: str, channel: int, row: int = 0, column: int = 0) -> None:
        """Choose a value, to see the sum behind it."""
        if layer not in LAYERS:
            raise ValueError(f"choose: layer {layer!r}, wanted one of {', '.join(LAYERS)}")
        shape = self.layers[layer].shape if layer != "scores" else (10, 1, 1)
        place = (int(channel), int(row), int(column))
        if not all(0 <= at < size for at, size in zip(place, shape, strict=True)):
            raise ValueError(f"choose: {layer} {place}, wanted places below {shape}")
        self.chosen = (layer, *place)
        self.refresh()

    @property
    def sum(self) -> Sum:
        """What the chosen value is made of."""
        return layer_sum(self.model, self.layers, self.bits, *self.chosen)

    @property
    def _size(self) -> tuple[int, int]:
        """Places of the chosen map; the scores are one row."""
        layer = self.chosen[0]
        return (1, 10) if layer == "scores" else self.layers[layer].shape[1:]

    @property
    def _place(self) -> int:
        layer, channel, row, column = self.chosen
        return channel if layer == "scores" else row * self._size[1] + column

    def _go(self, place: int) -> None:
        layer, channel = self.chosen[:2]
        row, column = divmod(place, self._size[1])
        self.chosen = (layer, place, 0, 0) if layer == "scores" else (layer, channel, row, column)

    def _step(self) -> None:
        self._go(self._place + 1)

    @property
    def finished(self) -> bool:
        """Whether the window has come to the last place of its map."""
        return self._place == self._size[0] * self._size[1] - 1

    def _reset(self) -> None:
        if self._place == 0 and not self.playing:  # reset a second time: another example
            digit = (self.digit + 1) % 10
            self.example(digit, self.number + (digit == 0))
        self._go(0)

    @property
    def state(self) -> dict[str, Any]:
        """Drawing, image, all layers, answer and the chosen value as plain values and copies."""
        scores = self.layers["scores"].astype(float)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return {
            "digit": self.digit if self.digit >= 0 else None,
            "bits": self.bits.copy(),
            "image": self.layers["input"][0].copy(),
            "layers": {name: array.copy() for name, array in self.layers.items()},
            "scores": scores,
            "shares": shares,
            "answer": int(scores.argmax()),
            "chosen": self.chosen,
            "value": self.sum.value,
        }

    # The view -----------------------------------------------------------------------------------

    def _event(self, name: str, values: dict[str, Any]) -> None:
        if name == "draw":
            packed = np.array(values["bits"], np.uint8)
            if packed.shape != (BITS * BITS // 8,):
                raise ValueError(f"draw: {packed.size} bytes, wanted {BITS * BITS // 8}")
            self.draw(np.unpackbits(packed).reshape(BITS, BITS))
            self._token[0] = str(values["author"])
        elif name == "move":
            self.move(int(values["right"]), int(values["down"]))
        elif name == "choose":
            self.playing = False
            self.choose(*values["place"])
        else:
            super()._event(name, values)

    def _controls(self) -> "list[Widget]":
        import ipywidgets as widgets

        self._menu = widgets.Dropdown(
            options=[("your own", -1), *((f"example of {k}", k) for k in range(10))],
            value=self.digit,
            description="Digit",
            style={"description_width": "auto"},
            layout={"width": "180px"},
        )

        def show(change: dict[str, Any]) -> None:
            if change["new"] not in (-1, self.digit):
                self.example(change["new"])

        self._menu.observe(self.guarded(show), "value")
        return [self._menu]

    def _frame(self) -> dict[str, Any]:
        state, found = self.state, self.sum
        values = np.concatenate([a.ravel() for a in self.layers.values()]).astype(np.float32)
        answer, shares = state["answer"], state["shares"]
        return {
            "bits": np.packbits(self.bits).tobytes(),
            "token": list(self._token),
            "values": values.tobytes(),
            "scale": self._scale,
            "shares": np.round(shares, 4).tolist(),
            "answer": answer,
            "chosen": list(self.chosen),
            "sum": found.frame(),
            "readouts": [
                ["answer", str(answer)],
                ["its share (softmax)", f"{shares[answer]:.3f}"],
                ["ink (pixels)", f"{state['image'].sum():.1f}"],
                ["chosen", found.place],
                ["its value", f"{found.value:.3f}".replace("-", "−")],
            ],
            "note": found.words,
            "summary": (
                f"Drawing with {state['image'].sum():.0f} pixels of ink, read as {answer} with a "
                f"share of {shares[answer]:.2f}. Chosen: {found.place}. {found.words}"
            ),
        }

    def _figure(self) -> "Figure":
        from lessonlib.lessons.l06.explorer.picture import picture

        return picture(self.layers, self.state["shares"], self.chosen, self.sum)
