"""Exercise 06b.4: the capstone, a residual block with its backward pass."""

from collections.abc import Callable
from typing import Any

import numpy as np

import lessonlib.functional as F
from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


class Block:
    """y = relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)), forward and backward."""

    def __init__(self, W1: np.ndarray, W2: np.ndarray, stride: int) -> None:
        self.W1, self.W2, self.stride = W1, W2, stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, C, H, W) to y (N, K, ceil(H / stride), ceil(W / stride))."""
        s, self.old = self.stride, x.shape[1]
        a, self.conv1 = F.conv2d(x, self.W1, stride=s, padding=1)
        a, self.norm1 = F.batch_norm(a)
        self.h = np.maximum(a, 0)
        b, self.conv2 = F.conv2d(self.h, self.W2, padding=1)
        z, self.norm2 = F.batch_norm(b)
        z[:, : self.old] += x[:, :, ::s, ::s]  # the other channels get zeros
        self.y = np.maximum(z, 0)
        return self.y

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """dy of y's shape to dx, dW1, dW2."""
        s = self.stride
        dz = dy * (self.y > 0)
        db = F.batch_norm_backward(dz, self.norm2)[0]
        dh, dW2, _ = F.conv2d_backward(db, self.conv2)
        da = F.batch_norm_backward(dh * (self.h > 0), self.norm1)[0]
        dx, dW1, _ = F.conv2d_backward(da, self.conv1)
        dx[:, :, ::s, ::s] += dz[:, : self.old]  # along the shortcut
        return dx, dW1, dW2


_STUB = '''\
def __init__(self, W1, W2, stride):
    raise NotImplementedError

def forward(self, x):
    """x (N, C, H, W) to y."""

def backward(self, dy):
    """dy to dx, dW1, dW2."""
'''


def _use(answer: Any, W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> Any:
    """One pass forward and one backward.

    also : "" or what else happens: "a pass before", with other images through the same block, or
           "another block", which goes forward between the two and backward behind them
    """
    block = answer(W1, W2, stride)
    if also == "a pass before":
        block.forward(x[::-1, :, ::-1] - 0.5)
        block.backward(0.5 - dy)
    y = block.forward(x)
    if y is None:
        return None
    y = np.array(y)
    if also == "another block":
        other = answer(W1[::-1] - 0.1, W2[:, ::-1] - 0.1, stride)
        other.forward(x[::-1] - 0.5)
    back = block.backward(dy)
    return (y, *back) if isinstance(back, tuple | list) else (y, back)


def _called(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> str:
    text = f"Block with W1 {W1.shape}, W2 {W2.shape}, stride {stride}: "
    if also == "a pass before":
        text += "forward and backward with other images, then "
    text += f"forward with x {x.shape}, then "
    return text + ("forward in another Block, then " * (also == "another block")) + "backward"


def _problem(
    rng: np.random.Generator, N: int, C: int, K: int, H: int, W: int, s: int, also: str = ""
) -> tuple:
    x, W1 = rng.normal(size=(N, C, H, W)), rng.normal(size=(K, C, 3, 3)) / np.sqrt(9 * C)
    W2 = rng.normal(size=(K, K, 3, 3)) / np.sqrt(9 * K)
    return W1, W2, s, x, rng.normal(size=(N, K, -(-H // s), -(-W // s))), also


def _cases(rng: np.random.Generator) -> list[tuple]:
    same = "where the shape stays"
    return [
        Case(same, *_problem(rng, 2, 1, 1, 3, 3, 1)),
        Case(same, *_problem(rng, 3, 2, 2, 4, 3, 1)),
        Case("with more channels and stride 1", *_problem(rng, 2, 2, 3, 3, 4, 1)),
        Case("with stride 2 and as many channels", *_problem(rng, 3, 2, 2, 4, 6, 2)),
        Case("with stride 2, odd sizes, more channels", *_problem(rng, 2, 2, 5, 5, 7, 2)),
        Case("with stride 3", *_problem(rng, 3, 2, 3, 7, 5, 3)),
        Case("after a pass with other images", *_problem(rng, 2, 2, 2, 3, 3, 1, "a pass before")),
        Case("next to another block", *_problem(rng, 2, 2, 3, 4, 3, 1, "another block")),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _shapes(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> list[tuple]:
    return [dy.shape, x.shape, W1.shape, W2.shape]


def _has_four(got: Any, *arguments: Any) -> bool:
    return len(got) == 4


def _fits(got: Any, *arguments: Any) -> bool:
    return _has_four(got) and [np.shape(a) for a in got] == _shapes(*arguments)


def _y_is_one_array(got: Any, *arguments: Any) -> bool:
    return np.ndim(got[0]) == 4


def _has_the_shapes(got: Any, *arguments: Any) -> bool:
    """What does not hold only where four arrays came back; else something else is said."""
    return not _has_four(got) or not _y_is_one_array(got) or _fits(got, *arguments)


def _alone(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> tuple:
    return W1, W2, stride, x, dy, ""


def _is_the_same_alone(what: str) -> Callable[..., bool]:
    """Whether a pass gives what it gives in a fresh block with nothing else around."""

    def holds(got: Any, alone: Any, *arguments: Any) -> bool:
        if arguments[-1] != what or not _fits(got, *arguments):
            return True
        return all(np.allclose(a, b, atol=1e-5) for a, b in zip(got, alone, strict=True))

    return holds


def _is_not_negative(got: Any, *arguments: Any) -> bool:
    return bool(np.min(got[0]) >= 0)


def _thin(x: np.ndarray, W1: np.ndarray, stride: int) -> np.ndarray:
    thin = x[:, :, ::stride, ::stride]
    return np.pad(thin, ((0, 0), (0, len(W1) - x.shape[1]), (0, 0), (0, 0)))


def _silent(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> tuple:
    return W1, 0 * W2, stride, x, dy, ""


def _passes_on(
    got: Any, silent: Any, W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str
) -> bool:
    if np.shape(silent[0]) != dy.shape:
        return True
    return np.allclose(silent[0], np.maximum(_thin(x, W1, stride), 0), atol=1e-5)


def _louder(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> tuple:
    return 3 * W1, 3 * W2, stride, x, dy, also


def _forgets_the_scale(got: Any, louder: Any, *arguments: Any) -> bool:
    return np.shape(got[0]) == np.shape(louder[0]) and np.allclose(got[0], louder[0], atol=2e-2)


def _direction(array: np.ndarray, k: int) -> np.ndarray:
    return np.random.default_rng(k).normal(size=array.shape)


def _nudged(k: int) -> Callable[..., tuple]:
    """Arguments with x (k = 1), W1 (2) or W2 (3) moved a little along a fixed direction."""

    def nudged(W1: Any, W2: Any, stride: int, x: Any, dy: Any, also: str) -> tuple:
        moved = [x.astype(float), W1.astype(float), W2.astype(float)]
        moved[k - 1] = moved[k - 1] + 1e-6 * _direction(moved[k - 1], k)
        return moved[1], moved[2], stride, moved[0], dy, also

    return nudged


def _has_slope(k: int) -> Callable[..., bool]:
    """Whether one gradient says how y changes along that direction."""

    def holds(got: Any, moved: Any, *arguments: Any) -> bool:
        *_, dy, also = arguments
        if also or not _fits(got, *arguments) or not _fits(moved, *arguments):
            return True
        measured = np.sum((np.asarray(moved[0]) - np.asarray(got[0])) * dy) / 1e-6
        said = np.sum(np.asarray(got[k]) * _direction(np.asarray(got[k]), k))
        return bool(abs(measured - said) < 1e-3 * (1 + abs(measured)))

    return holds


# ---- what people write instead -------------------------------------------------------------------


class _Wrong(Block):
    """The block with one thing done differently."""

    mistake = ""

    def _shortcut(self, x: np.ndarray) -> np.ndarray:
        s, K = self.stride, len(self.W1)
        rows, columns = -(-x.shape[2] // s), -(-x.shape[3] // s)
        if self.mistake == "corner":
            thin = x[:, :, :rows, :columns]
            return np.pad(thin, ((0, 0), (0, K - x.shape[1]), (0, 0), (0, 0)))
        if self.mistake == "zeros first":
            thin = x[:, :, ::s, ::s]
            return np.pad(thin, ((0, 0), (K - x.shape[1], 0), (0, 0), (0, 0)))
        return _thin(x, self.W1, s) * (0.5 if self.mistake == "half" else 1.0)

    def forward(self, x: np.ndarray) -> np.ndarray:
        y = super().forward(x)
        branch, _ = F.batch_norm(F.conv2d(self.h, self.W2, padding=1)[0])
        if self.mistake == "no norm":
            branch = F.conv2d(self.h, self.W2, padding=1)[0]
        added = self._shortcut(x)
        if self.mistake == "relu before the sum":
            return np.maximum(branch, 0) + added
        if self.mistake == "no last relu":
            return branch + added
        if self.mistake == "no shortcut":
            return np.maximum(branch, 0)
        if self.mistake in ("corner", "zeros first", "half", "no norm"):
            return np.maximum(branch + added, 0)
        return y

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        dx, dW1, dW2 = super().backward(dy)
        s, C, dz = self.stride, self.old, dy * (self.y > 0)
        along = np.zeros_like(dx)
        along[:, :, ::s, ::s] = dz[:, :C]
        if self.mistake in ("forgotten", "no shortcut"):
            return dx - along, dW1, dW2
        if self.mistake == "without the last relu":
            whole = np.zeros_like(dx)
            whole[:, :, ::s, ::s] = dy[:, :C]
            return dx - along + whole, dW1, dW2
        if self.mistake == "gradient in the corner":
            dx = dx - along
            dx[:, :, : dy.shape[2], : dy.shape[3]] += dz[:, :C]
        if self.mistake == "gradient everywhere":
            spread = dz[:, :C].repeat(s, axis=2).repeat(s, axis=3)
            dx = dx - along + spread[:, :, : dx.shape[2], : dx.shape[3]]
        if self.mistake == "inner relu":
            db = F.batch_norm_backward(dz, self.norm2)[0]
            dh = F.conv2d_backward(db, self.conv2)[0]
            da = F.batch_norm_backward(dh, self.norm1)[0]
            dx, dW1, _ = F.conv2d_backward(da, self.conv1)
            dx = dx + along
        if self.mistake == "weights swapped":
            return dx, dW2, dW1
        if self.mistake == "mean":
            return dx / len(dx), dW1 / len(dx), dW2 / len(dx)
        return dx, dW1, dW2


def _wrong(what: str) -> Callable[..., Any]:
    return type("_Made", (_Wrong,), {"mistake": what})


class _Parts(Block):
    """The block with one of its parts left out, moved or taken for another."""

    mistake = ""

    def forward(self, x: np.ndarray) -> np.ndarray:
        s, self.old = self.stride, x.shape[1]
        late = self.mistake == "stride in the second convolution"
        a, self.conv1 = F.conv2d(x, self.W1, stride=1 if late else s, padding=1)
        if self.mistake == "norm behind the ReLU":
            self.h = np.maximum(a, 0)
            h, self.norm1 = F.batch_norm(self.h)
        else:
            if self.mistake != "no first norm":
                a, self.norm1 = F.batch_norm(a)
            h = self.h = a if self.mistake == "no inner ReLU" else np.maximum(a, 0)
        b, self.conv2 = F.conv2d(h, self.W2, stride=s if late else 1, padding=1)
        z, self.norm2 = F.batch_norm(b)
        if self.mistake == "ReLU in the branch, too":
            z = np.maximum(z, 0)
            self.z = z
        z = z.copy()
        z[:, : self.old] += x[:, :, ::s, ::s]
        self.y = z if self.mistake == "no last ReLU, both ways" else np.maximum(z, 0)
        return self.y

    def _below(self, dy: np.ndarray) -> np.ndarray:
        if self.mistake in ("no last ReLU, both ways", "last ReLU not in the backward pass"):
            return dy
        if self.mistake == "sign of the gradient":
            return np.maximum(dy, 0)
        if self.mistake == "the inner ReLU's places":
            return dy * (self.h > 0)
        return dy * (self.y > 0)

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        s, what, dz = self.stride, self.mistake, self._below(dy)
        inside = dz * (self.z > 0) if what == "ReLU in the branch, too" else dz
        db = inside if what == "norm skipped" else F.batch_norm_backward(inside, self.norm2)[0]
        dh, dW2, _ = F.conv2d_backward(db, self.conv2)
        if what == "norm behind the ReLU":
            da = F.batch_norm_backward(dh, self.norm1)[0] * (self.h > 0)
        else:
            da = dh if what == "no inner ReLU" else dh * (self.h > 0)
            da = da if what == "no first norm" else F.batch_norm_backward(da, self.norm1)[0]
        dx, dW1, _ = F.conv2d_backward(da, self.conv1)
        dx[:, :, ::s, ::s] += dz[:, : self.old]
        if what == "weights divided by the batch":
            return dx, dW1 / len(dx), dW2 / len(dx)
        return dx, dW1, dW2


def _parts(what: str) -> Callable[..., Any]:
    return type("_Made", (_Parts,), {"mistake": what})


def _named(what: str, message: str) -> Mistake:
    return Mistake(what, _parts(what), message)


EXERCISE = Exercise(
    id="06b.4",
    title="Capstone: a residual block, forward and backward",
    points=6,
    stars=3,
    minutes=60,
    reference=Block,
    cases=_cases,
    pure=True,
    use=_use,
    stub=_STUB,
    called=_called,
    values=(("y", "dx", "dW1", "dW2"), "image", "channel", "row", "column"),
    forbidden=(
        "lessonlib.models.ResidualBlock",
        "lessonlib.models.resnet.ResidualBlock",
        "torch.autograd.grad",
    ),
    parts={
        "dz": "the gradient below the last ReLU",
        "dy * (self.y > 0)": "the gradient below the last ReLU",
        "self.y > 0": "where the last ReLU lets through",
        "self.h > 0": "where the inner ReLU lets through",
        "dh * (self.h > 0)": "the gradient below the inner ReLU",
        "x[:, :, ::s, ::s]": "the thinned-out input",
        "z[:, :self.old]": "the old channels of the sum",
        "dx[:, :, ::s, ::s]": "the places of the shortcut in dx",
        "dz[:, :self.old]": "the old channels of the gradient",
        "dx[:, :, ::s, ::s] += dz[:, :self.old]": "the gradient along the shortcut",
        "z[:, :self.old] += x[:, :, ::s, ::s]": "the shortcut",
        "self.h": "the values between the convolutions",
    },
    properties=(
        Property(
            "three gradients",
            _has_four,
            "backward has to return three arrays: dx, dW1 and dW2.",
        ),
        Property(
            "y alone",
            _y_is_one_array,
            "forward has to return y alone, one array with the four axes image, channel, row and "
            "column.",
        ),
        Property(
            "shapes",
            _has_the_shapes,
            "A shape is not right. y is (N, K, H', W') with sizes divided by the stride and "
            "rounded up; dx, dW1 and dW2 have the shapes of x, W1 and W2.",
        ),
        Property(
            "a pass leaves nothing behind",
            _is_the_same_alone("a pass before"),
            "After a pass with other images the same block gives something else than a new one. "
            "Each forward pass has to renew all that backward reads, and nothing may add up.",
            also=_alone,
        ),
        Property(
            "a block of its own",
            _is_the_same_alone("another block"),
            "Another block that goes forward in between changes the gradients of this one. What a "
            "block keeps belongs into self, not into something that all blocks share.",
            also=_alone,
        ),
        Property(
            "the last ReLU",
            _is_not_negative,
            "Some outputs are negative. The last thing that happens is a ReLU, after the sum.",
        ),
        Property(
            "the shortcut passes x on",
            _passes_on,
            "With W2 = 0 the branch is 0 everywhere, and y should be relu of the shortcut: every "
            "stride-th pixel of x, then channels of zeros. It is not.",
            also=_silent,
        ),
        Property(
            "two norms",
            _forgets_the_scale,
            "With W1 and W2 three times as large y changes. A norm follows each convolution and "
            "takes such a factor away.",
            also=_louder,
        ),
        Property(
            "dx is the slope",
            _has_slope(1),
            "dx does not say how your own y changes when x does. Differences say something else: "
            "gradcheck shows where. x reaches y along two ways, and both bring a gradient back.",
            also=_nudged(1),
        ),
        Property(
            "dW2 is the slope",
            _has_slope(3),
            "dW2 does not say how your own y changes when W2 does. Follow the gradient from y "
            "down: ReLU, norm, second convolution.",
            also=_nudged(3),
        ),
        Property(
            "dW1 is the slope",
            _has_slope(2),
            "dW1 does not say how your own y changes when W1 does. Between the two convolutions "
            "the gradient passes a ReLU and a norm.",
            also=_nudged(2),
        ),
    ),
    hints=(
        "forward: convolution, norm, ReLU, convolution, norm, plus the shortcut, ReLU. Keep every "
        "cache, and what the two ReLUs let through.",
        "backward: the same list from its end. Below the last ReLU the gradient goes both ways at "
        "once, unchanged: into the norm, and along the shortcut.",
        "The shortcut took x[:, :, ::s, ::s] into the first C channels. So the first C channels "
        "of the gradient go back to these places of dx, and are added to what is there.",
    ),
    mistakes=(
        Mistake(
            "forgotten in the backward pass",
            _wrong("forgotten"),
            "The gradient comes back through the branch alone. x reaches y along the shortcut, "
            "too, and that gradient has to be added to dx.",
        ),
        Mistake(
            "past the last ReLU",
            _wrong("without the last relu"),
            "Along the shortcut dy comes back as it is. The last ReLU is behind the sum, so it "
            "cuts the gradient of both ways.",
        ),
        Mistake(
            "no shortcut",
            _wrong("no shortcut"),
            "This is the plain block: the shortcut is missing, forward and backward.",
        ),
        Mistake(
            "ReLU before the sum",
            _wrong("relu before the sum"),
            "The ReLU cuts the branch before x is added. It belongs behind the sum.",
        ),
        Mistake(
            "no last ReLU",
            _wrong("no last relu"),
            "The ReLU behind the sum is missing.",
        ),
        Mistake("half", _wrong("half"), "Only half of x is added. The shortcut has no factor."),
        Mistake(
            "corner",
            _wrong("corner"),
            "The shortcut takes the upper left corner of x. It has to take every stride-th pixel "
            "of the whole.",
        ),
        Mistake(
            "zeros first",
            _wrong("zeros first"),
            "The channels of zeros are in front of the old ones. They belong behind them.",
        ),
        Mistake(
            "one norm",
            _wrong("no norm"),
            "The second convolution has no norm behind it.",
        ),
        Mistake(
            "gradient in the corner",
            _wrong("gradient in the corner"),
            "The gradient of the shortcut lands in the upper left corner of dx. It has to go back "
            "to the places that the shortcut took: every stride-th pixel.",
        ),
        Mistake(
            "gradient everywhere",
            _wrong("gradient everywhere"),
            "The gradient of the shortcut is repeated for the pixels in between. The shortcut did "
            "not take those, so along it they get nothing.",
        ),
        Mistake(
            "inner ReLU",
            _wrong("inner relu"),
            "The gradient goes through the inner ReLU as if nothing were cut there.",
        ),
        Mistake(
            "weights swapped",
            _wrong("weights swapped"),
            "dW1 and dW2 come back in the wrong order.",
        ),
        _named(
            "no last ReLU, both ways", "The ReLU behind the sum is missing, forward and backward."
        ),
        _named(
            "last ReLU not in the backward pass",
            "y is right, but in the backward pass the last ReLU has no effect: where y is 0, no "
            "gradient comes through, neither into the branch nor along the shortcut.",
        ),
        _named("no inner ReLU", "The ReLU between the convolutions is missing, both ways."),
        _named("no first norm", "The first convolution has no norm behind it."),
        _named(
            "norm behind the ReLU",
            "Inside the branch the ReLU comes before the first norm. The order is convolution, "
            "norm, ReLU.",
        ),
        _named(
            "stride in the second convolution",
            "The stride is in the second convolution. It belongs into the first.",
        ),
        _named(
            "ReLU in the branch, too",
            "The branch ends with a ReLU of its own. The only ReLU behind the second norm is the "
            "one behind the sum.",
        ),
        _named(
            "norm skipped",
            "The gradient goes past the second norm, straight into the second convolution.",
        ),
        _named(
            "sign of the gradient",
            "The last ReLU lets the gradient through where dy is positive. It has to let it through "
            "where its own output is.",
        ),
        _named(
            "the inner ReLU's places",
            "The last ReLU lets the gradient through where the inner one did. Each ReLU has places "
            "of its own.",
        ),
        _named(
            "weights divided by the batch",
            "dx is right, and dW1 and dW2 are divided by the number of images. A layer's backward "
            "pass has no mean in it: the loss has put it into dy already.",
        ),
        Mistake(
            "divided by the batch",
            _wrong("mean"),
            "Everything is divided by the number of images. A layer's backward pass has no mean in "
            "it: the loss has put it into dy already.",
        ),
    ),
)
