"""Exercise 06.6: the capstone, a convolution layer with its backward pass."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


class Convolution:
    """Kernels that slide over images with a frame of zeros; every window becomes a row."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, padding: int) -> None:
        self.weight, self.bias, self.padding = weight, bias, padding

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Images (N, C, H, W) to maps (N, O, H', W')."""
        c_out, _, kh, kw = self.weight.shape
        p = self.padding
        framed = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = np.lib.stride_tricks.sliding_window_view(framed, (kh, kw), axis=(2, 3))
        n, c, rows, columns = windows.shape[:4]
        self.framed_shape, self.places = framed.shape, (n, rows, columns)
        self.windows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, c * kh * kw)
        y = self.windows @ self.weight.reshape(c_out, -1).T + self.bias
        return y.reshape(n, rows, columns, c_out).transpose(0, 3, 1, 2)

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Gradients for x, weight and bias."""
        c_out, c, kh, kw = self.weight.shape
        (n, rows, columns), p = self.places, self.padding
        d = dy.transpose(0, 2, 3, 1).reshape(-1, c_out)  # a row for each place
        dweight = (d.T @ self.windows).reshape(self.weight.shape)
        dwindows = (d @ self.weight.reshape(c_out, -1)).reshape(n, rows, columns, c, kh, kw)
        dframed = np.zeros(self.framed_shape, dy.dtype)
        for a in range(kh):
            for b in range(kw):  # a pixel lies in several windows: their shares add up
                share = dwindows[..., a, b].transpose(0, 3, 1, 2)
                dframed[:, :, a : a + rows, b : b + columns] += share
        height, width = self.framed_shape[2:]
        return dframed[:, :, p : height - p, p : width - p], dweight, d.sum(axis=0)


# ---- how an answer is tried ----------------------------------------------------------------------


def _use(
    answer: Callable[..., Any],
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    padding: int,
    dy: np.ndarray,
) -> tuple:
    """Forward and backward of a new layer, then again on other images.

    Nothing may be left from the first time, and another layer is used before the second backward.
    Returns what came back both times; less where it cannot go on
    """
    layer = answer(weight, bias, padding)
    found: list[Any] = []
    for images, up in ((x, dy), _second(x, dy)):
        y = layer.forward(images)
        if np.shape(y) != dy.shape:
            return (y,)
        y = copy.deepcopy(y)
        if found:
            answer(weight[::-1].copy(), bias[::-1].copy(), padding).forward(2.0 - x)
        gradients = layer.backward(up)
        if not isinstance(gradients, tuple | list):
            return y, gradients
        found += [y, *copy.deepcopy(gradients)]
    return tuple(found)


def _second(x: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Other images and gradients of the same shapes."""
    return x[:, :, ::-1] + 1.0, dy[:, :, ::-1] - 1.0


def _called(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, padding: int, dy: Any) -> str:
    return (
        f"layer = Convolution(weight {weight.shape}, bias {bias.shape}, {padding}); "
        f"layer.forward(x {x.shape}); layer.backward(dy {dy.shape}); then both again, with another "
        f"x and dy, and a second layer's forward between them"
    )


def _cases(rng: np.random.Generator) -> list[tuple]:
    image = np.array([[[[1.0, 1, 5, 5], [1, 1, 5, 5], [1, 1, 1, 1]]]])
    kernel = np.array([[[[-1.0, 1], [-2, 2]]]])
    dy = np.array([[[[1.0, 0, 2], [0, 3, -1]]]])
    cases: list[tuple] = [
        Case("with one image, one channel, one kernel", image, kernel, np.array([0.5]), 0, dy)
    ]
    # what is special, then N, C, H, W, O, kh, kw and the padding
    sizes = (
        ("with several kernels", (1, 1, 4, 5, 3, 2, 3, 0)),
        ("with several channels", (1, 3, 4, 5, 1, 2, 2, 0)),
        ("with several images", (3, 1, 4, 4, 1, 2, 2, 0)),
        ("with padding", (1, 1, 3, 4, 1, 3, 3, 1)),
        ("with a kernel of 3 x 3 and no padding", (1, 1, 4, 5, 1, 3, 3, 0)),
        ("with a frame wider than the kernel", (1, 1, 2, 3, 1, 1, 1, 1)),
        ("with kernels of one pixel", (2, 3, 3, 2, 4, 1, 1, 0)),
        ("where the kernel is as large as the image", (2, 2, 2, 2, 2, 2, 2, 0)),
        ("", (2, 3, 5, 4, 4, 3, 3, 1)),
        ("", (2, 2, 4, 6, 3, 5, 3, 2)),
    )
    for about, (n, c, h, w, o, kh, kw, p) in sizes:
        x, weight = rng.normal(size=(n, c, h, w)), rng.normal(size=(o, c, kh, kw))
        up = rng.normal(size=(n, o, h + 2 * p - kh + 1, w + 2 * p - kw + 1))
        given = (x, weight, rng.normal(size=o), p, up)
        cases.append(Case(about, *given) if about else given)
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _is_whole(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 8


def _returns_three(value: Any, *given: Any) -> bool:
    return _is_whole(value) or (isinstance(value, tuple | list) and len(value) == 1)


def _maps_fit(value: Any, x: np.ndarray, weight: np.ndarray, bias: Any, p: int, dy: Any) -> bool:
    return not isinstance(value, tuple | list) or np.shape(value[0]) == dy.shape


def _fits(value: Any, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, p: int, dy: Any) -> bool:
    wanted = [x.shape, weight.shape, bias.shape]
    return _is_whole(value) and [np.shape(v) for v in value[1:4]] == wanted


def _shapes_fit(value: Any, *given: Any) -> bool:
    return not _is_whole(value) or _fits(value, *given)


def _same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-4, atol=1e-5)


def _no_bias(x: Any, weight: Any, bias: np.ndarray, padding: int, dy: Any) -> tuple:
    return x, weight, np.zeros_like(bias), padding, dy


def _adds_the_bias(value: Any, other: Any, x: Any, weight: Any, bias: Any, p: int, dy: Any) -> bool:
    if np.shape(value[0]) != dy.shape or np.shape(other[0]) != dy.shape:
        return True
    return _same(value[0], np.asarray(other[0]) + bias[:, None, None])


def _first_image(x: Any, weight: Any, bias: Any, padding: int, dy: Any) -> tuple:
    return x[:1], weight, bias, padding, dy[:1]


def _keeps_images_apart(value: Any, one: Any, *given: Any) -> bool:
    if not _fits(value, *given) or not _maps_fit(value, *given):
        return True
    return _same(value[0][:1], one[0]) and _same(value[1][:1], one[1])


def _adds_all_images(value: Any, twice: Any, *given: Any) -> bool:
    if not _fits(value, *given):
        return True
    return all(_same(2 * np.asarray(a), b) for a, b in zip(value[2:4], twice[2:4], strict=True))


def _two_copies(x: Any, weight: Any, bias: Any, padding: int, dy: Any) -> tuple:
    return np.concatenate([x, x]), weight, bias, padding, np.concatenate([dy, dy])


def _slides(value: Any, other: Any, x: Any, weight: Any, bias: Any, p: int, dy: Any) -> bool:
    """Looked at without a bias, so that a wrong bias is not taken for a wrong sum."""
    if np.shape(other[0]) != dy.shape:
        return True
    return _same(other[0], Convolution(weight, np.zeros_like(bias), p).forward(x))


def _forgets(value: Any, x: Any, weight: Any, bias: Any, p: int, dy: Any) -> bool:
    """Whether the second time is right where the first is."""
    if not _is_whole(value):
        return True
    right = _use(Convolution, x, weight, bias, p, dy)
    same = [_same(mine, wanted) for mine, wanted in zip(value, right, strict=True)]
    return not all(same[:4]) or all(same[4:])


def _share(k: int) -> Callable[..., bool]:
    """Whether gradient k belongs to this forward pass: measured by small differences."""

    def holds(value: Any, x: Any, weight: Any, bias: Any, p: int, dy: Any) -> bool:
        if not _fits(value, x, weight, bias, p, dy):
            return True
        parts = [np.array(a, dtype=float) for a in (x, weight, bias)]
        slopes = np.zeros(parts[k].shape)
        for place in np.ndindex(slopes.shape):
            two = []
            for step in (0.5, -0.5):  # the output is linear in each of them: any step will do
                moved = [a.copy() for a in parts]
                moved[k][place] += step
                two.append(np.sum(Convolution(moved[1], moved[2], p).forward(moved[0]) * dy))
            slopes[place] = two[0] - two[1]
        return _same(value[1 + k], slopes)

    return holds


# ---- what people write instead -------------------------------------------------------------------


def _made(mistake: str) -> Callable[..., Any]:
    """The layer with one thing done differently."""

    class Wrong(Convolution):
        total: Any = None

        def forward(self, x: np.ndarray) -> np.ndarray:
            if mistake == "kernels turned around":
                self.weight = self.weight[:, :, ::-1, ::-1]
            p, side = self.padding, (self.padding, self.padding)
            if mistake == "edge repeated":
                x, self.padding = np.pad(x, ((0, 0), (0, 0), side, side), mode="edge"), 0
            y = super().forward(x)
            self.padding = p
            if mistake == "maps reshaped":
                y = y.transpose(0, 2, 3, 1).reshape(y.shape)
            return y - self.bias[:, None, None] if mistake == "no bias" else y

        def backward(self, dy: np.ndarray) -> tuple:
            up = _reshaped(dy) if mistake.startswith("dy reshaped") else dy
            dx, dweight, dbias = super().backward(up)
            if mistake == "kernels turned around":
                self.weight = self.weight[:, :, ::-1, ::-1]
                dweight = dweight[:, :, ::-1, ::-1]
            return _spoilt(mistake, self, dy, dx, dweight, dbias)

    return Wrong


def _reshaped(dy: np.ndarray) -> np.ndarray:
    """The maps whose rows of channels are those that reshape alone makes of `dy`."""
    n, c, h, w = dy.shape
    return dy.reshape(n, h, w, c).transpose(0, 3, 1, 2)


def _turned(layer: Any, dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """dx, where the windows get the kernels turned around."""
    turned = Convolution(layer.weight[:, :, ::-1, ::-1], layer.bias, layer.padding)
    turned.framed_shape, turned.places = layer.framed_shape, layer.places
    turned.windows = layer.windows
    return turned.backward(dy)[0]


def _framed(layer: Any, dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """dx with its frame."""
    return Convolution.backward(_without_frame(layer), dy)[0]


def _cut_at_the_end(layer: Any, dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """dx, where the frame's size is cut off at the last rows and columns."""
    return _framed(layer, dy, dx)[:, :, : dx.shape[2], : dx.shape[3]]


def _first_channel(layer: Any, dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """dx, with nothing for the other channels."""
    dx[:, 1:] = 0
    return dx


def _windows_reshaped(layer: Any, dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """dx, where the gradients of the windows are reshaped as if their channels came first."""
    c_out, c, kh, kw = layer.weight.shape
    (n, h, w), p = layer.places, layer.padding
    table = dy.transpose(0, 2, 3, 1).reshape(-1, c_out) @ layer.weight.reshape(c_out, -1)
    parts, framed = table.reshape(n, c, h, w, kh, kw), np.zeros(layer.framed_shape)
    for a, b in np.ndindex(kh, kw):
        framed[:, :, a : a + h, b : b + w] += parts[..., a, b]
    return framed[:, :, p : framed.shape[2] - p, p : framed.shape[3] - p]


_OTHER_DX: dict[str, Callable[[Any, np.ndarray, np.ndarray], np.ndarray]] = {
    "kernel not turned": _turned,
    "frame kept": _framed,
    "cut by -p": lambda layer, dy, dx: dx if layer.padding else dx[:, :, :0, :0],
    "cut at the end only": _cut_at_the_end,
    "first channel only": _first_channel,
    "windows reshaped": _windows_reshaped,
}


def _spoilt(mistake: str, layer: Any, dy: np.ndarray, *gradients: np.ndarray) -> tuple:
    dx, dweight, dbias = gradients
    if mistake in _OTHER_DX:
        dx = _OTHER_DX[mistake](layer, dy, dx)
    elif mistake == "mean over images":
        dweight, dbias = dweight / len(dy), dbias / len(dy)
    elif mistake == "mean over places":
        dweight, dbias = dweight / dy[:, 0].size, dbias / dy[:, 0].size
    elif mistake == "bias: mean":
        dbias = dy.mean(axis=(0, 2, 3))
    elif mistake == "bias: one for each place":
        dbias = dy.sum(axis=0)
    elif mistake == "other order":
        dx, dweight = dweight, dx
    elif mistake == "dy reshaped, but for the bias":
        dbias = dy.sum(axis=(0, 2, 3))
    elif mistake == "added to the last time":
        before = layer.total or (np.zeros_like(dweight), np.zeros_like(dbias))
        layer.total = dweight, dbias = before[0] + dweight, before[1] + dbias
    return dx, dweight, dbias


def _without_frame(layer: Convolution) -> Convolution:
    """The layer as if its images had come with their frame."""
    other = Convolution(layer.weight, layer.bias, 0)
    other.framed_shape, other.places = layer.framed_shape, layer.places
    other.windows = layer.windows
    return other


_STUB = '''def __init__(self, weight, bias, padding):
    raise NotImplementedError

def forward(self, x):
    """x (N, C, H, W) to maps (N, O, H', W'), H' = H + 2 padding - kh + 1."""

def backward(self, dy):
    """dy (N, O, H', W'): the gradient for the output of the last forward.

    Returns dx (N, C, H, W), dweight (O, C, kh, kw), dbias (O,)
    """
'''

EXERCISE = Exercise(
    id="06.6",
    title="Capstone: a convolution layer, forward and backward",
    points=6,
    stars=3,
    minutes=75,
    reference=Convolution,
    stub=_STUB,
    cases=_cases,
    use=_use,
    called=_called,
    seconds=10.0,
    forbidden=(
        "lessonlib.functional.conv2d",
        "lessonlib.functional.conv2d_backward",
        "lessonlib.nn.Conv2d",
        "torch.nn.functional.conv2d",
    ),
    values=(
        (
            *("the output `y`", "`dx`", "`dweight`", "`dbias`"),
            *("`y` the second time", "`dx` the second time"),
            *("`dweight` the second time", "`dbias` the second time"),
        ),
    ),
    parts={
        "np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))": "the framed images",
        "framed": "the framed images",
        "windows": "the windows",
        "self.windows": "the windows, one in each row",
        "self.weight.reshape(c_out, -1)": "the kernels, one in each row",
        "self.bias": "the bias",
        "y": "the output",
        "d": "`dy`, one row for each place",
        "dy.transpose(0, 2, 3, 1)": "`dy` with its channels last",
        "d.T @ self.windows": "the gradient of the kernels",
        "d @ self.weight.reshape(c_out, -1)": "the gradients of the windows",
        "dwindows": "the gradients of the windows",
        "dwindows[..., a, b]": "what the windows hand to their pixel (a, b)",
        "share": "what the windows hand to their pixel (a, b)",
        "dframed[:, :, a:a+rows, b:b+columns]": "the pixels that are entry (a, b) of a window",
        "dframed": "the gradient of the framed images",
        "dframed[:, :, p:height-p, p:width-p]": "the gradient without the frame",
        "d.sum(axis=0)": "the gradient of the bias",
        "height - p": "the last row before the frame",
        "width - p": "the last column before the frame",
    },
    properties=(
        Property(
            "three gradients",
            _returns_three,
            "`backward` has to return three arrays: dx, dweight, dbias.",
        ),
        Property(
            "the size of the maps",
            _maps_fit,
            "The output of `forward` has another shape than (N, O, H', W') with H' = H + 2 padding "
            "- kh + 1, and W' likewise.",
        ),
        Property(
            "the bias",
            _adds_the_bias,
            "The bias is not added rightly: bias[o] is added once to every place of map o.",
            also=_no_bias,
        ),
        Property(
            "the sum over channels and window",
            _slides,
            "Without a bias, the output is not the sum over all channels and all entries of the "
            "window. Which kernel meets which channel, is the frame 0, and are rows and columns "
            "in order?",
            also=_no_bias,
        ),
        Property(
            "shapes of gradients",
            _shapes_fit,
            "A gradient has the shape of what it belongs to: dx that of `x` (without the frame), "
            "dweight that of `weight`, dbias that of `bias`, in this order.",
        ),
        Property(
            "images do not know of each other",
            _keeps_images_apart,
            "The first image alone gives another output or another dx than the first image in a "
            "batch. Images must not be mixed.",
            also=_first_image,
        ),
        Property(
            "all images count",
            _adds_all_images,
            "A batch with every image twice has to give dweight and dbias twice as large, because "
            "their gradients are sums over the images.",
            also=_two_copies,
        ),
        Property(
            "the gradient of the bias",
            _share(2),
            "dbias is not the slope of sum(y * dy) in the bias, measured by small differences. "
            "The bias of a map is used at every place of every image.",
        ),
        Property(
            "the gradient of the kernels",
            _share(1),
            "dweight is not the slope of sum(y * dy) in the kernels, measured by small "
            "differences. Which pixel does weight (o, c, a, b) meet at place (i, j)?",
        ),
        Property(
            "the gradient of the images",
            _share(0),
            "dx is not the slope of sum(y * dy) in the pixels, measured by small differences. "
            "Each place hands dy times its kernel to its window, and all kernels and places add "
            "up.",
        ),
        Property(
            "every pass and every layer by itself",
            _forgets,
            "The first forward and backward of a layer are right, the second are not. They had "
            "other images and gradients, and another layer ran between them. Keep in `self` what "
            "belongs to one layer, keep it again in each `forward`, leave the weights as they are, "
            "and begin all sums with zeros.",
        ),
    ),
    hints=(
        "First one image, one channel, one kernel, no padding: two loops over the places. Then "
        "add the channels to the sum, then a loop over kernels, then one over images.",
        "Backward has the same loops. At place (i, j), with d = dy[n, o, i, j] and the window "
        "framed[n, :, i : i + kh, j : j + kw]: dweight[o] += d * window, the same window of the "
        "framed gradient += d * weight[o], and dbias[o] += d. Cut the frame off at the end.",
        "For speed: sliding_window_view(framed, (kh, kw), axis=(2, 3)) has all windows. As rows "
        "of a table, they make the forward pass one matrix product, and dweight another one. For "
        "dx, loop over the kh * kw entries of the kernel, not over places.",
    ),
    mistakes=(
        Mistake("no bias", _made("no bias"), "The bias is not added in `forward`."),
        Mistake(
            "kernels turned around",
            _made("kernels turned around"),
            "The kernels lie upside down and mirrored. Networks use them as they are written: "
            "weight (a, b) meets pixel (i + a, j + b).",
        ),
        Mistake(
            "kernel not turned",
            _made("kernel not turned"),
            "dx is made with the kernels turned around. Who adds window by window takes them as "
            "they are. Who slides them over a framed dy turns them around in both directions.",
        ),
        Mistake(
            "mean over images",
            _made("mean over images"),
            "dweight and dbias are divided by the number of images. The mean is in the loss, so in "
            "`dy` already: here everything is summed.",
        ),
        Mistake(
            "mean over places",
            _made("mean over places"),
            "dweight and dbias are means over images and places. The gradient of a shared weight "
            "is the sum.",
        ),
        Mistake(
            "bias: mean",
            _made("bias: mean"),
            "dbias is the mean of dy over images and places. The gradient of a shared weight is "
            "the sum.",
        ),
        Mistake(
            "bias: one for each place",
            _made("bias: one for each place"),
            "dbias has a value for each place. One bias serves the whole map: sum over images, "
            "rows and columns.",
        ),
        Mistake(
            "other order",
            _made("other order"),
            "`backward` returns its gradients in another order: dx, then dweight, then dbias.",
        ),
        Mistake(
            "frame kept",
            _made("frame kept"),
            "dx still has the frame of zeros around it. Cut it off, so that dx has the shape of x.",
        ),
        Mistake(
            "cut by -p",
            _made("cut by -p"),
            "Without padding, dx is empty: `p : -p` is then `0 : 0`, and holds nothing. "
            "`p : height - p` is right for every p.",
        ),
        Mistake(
            "cut at the end only",
            _made("cut at the end only"),
            "dx has the right shape but begins with the frame: cut p rows and columns off on every "
            "side, not 2 p at the end.",
        ),
        Mistake(
            "first channel only",
            _made("first channel only"),
            "Only the first channel of dx gets anything. Each channel meets a slice of each kernel.",
        ),
        Mistake(
            "edge repeated",
            _made("edge repeated"),
            "The frame repeats the pixels of the edge. It has to hold zeros.",
        ),
        Mistake(
            "maps reshaped",
            _made("maps reshaped"),
            "The table of outputs has a row for each place and a column for each map. It is as if "
            "`reshape` alone made (N, O, H', W') of it: first (N, H', W', O), then transpose.",
        ),
        Mistake(
            "dy reshaped",
            _made("dy reshaped"),
            "It is as if `reshape` alone made a row for each place of dy. Its channels have to come "
            "last first: transpose(0, 2, 3, 1), then reshape.",
        ),
        Mistake(
            "dy reshaped, but for the bias",
            _made("dy reshaped, but for the bias"),
            "dbias is right. For the others it is as if `reshape` alone made a row for each place "
            "of dy. Its channels have to come last first: transpose(0, 2, 3, 1), then reshape.",
        ),
        Mistake(
            "windows reshaped",
            _made("windows reshaped"),
            "dx: the gradients of the windows come as (N, H', W', C, kh, kw), and it is as if they "
            "were reshaped to (N, C, H', W', kh, kw). Move the channels by transpose.",
        ),
        Mistake(
            "added to the last time",
            _made("added to the last time"),
            "A second backward pass adds to the gradients of the first. Begin with zeros in "
            "`backward`, not in `__init__`.",
        ),
    ),
)
