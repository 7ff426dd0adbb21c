"""Exercise 02.7: the capstone, a network that trains itself with slopes measured by differences."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property

Arrays = list[np.ndarray]


class Network:
    """ReLU layers, cross-entropy, slopes by central differences, gradient descent."""

    def __init__(self, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> None:
        self.weights = [np.array(weight, dtype=float) for weight in weights]  # copies
        self.biases = [np.array(bias, dtype=float) for bias in biases]

    def scores(self, X: np.ndarray) -> np.ndarray:
        """(N, D) to (N, C): a ReLU after every layer but the last."""
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            X = np.maximum(X @ weight.T + bias, 0)
        return X @ self.weights[-1].T + self.biases[-1]

    def loss(self, X: np.ndarray, target: np.ndarray) -> float:
        """The mean cross-entropy of the scores."""
        z = self.scores(X)
        z = z - z.max(axis=1, keepdims=True)
        right = z[np.arange(len(z)), target]
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - right))

    def gradients(self, X: np.ndarray, target: np.ndarray) -> tuple[Arrays, Arrays]:
        """The slope of the loss for every weight and every bias, in arrays of their shapes."""
        slopes = []
        for array in [*self.weights, *self.biases]:
            slope = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                kept = array[place]
                array[place] = kept + 1e-5
                up = self.loss(X, target)
                array[place] = kept - 1e-5
                down = self.loss(X, target)
                array[place] = kept  # as it was, before the next one moves
                slope[place] = (up - down) / 2e-5
            slopes.append(slope)
        layers = len(self.weights)
        return slopes[:layers], slopes[layers:]

    def train(self, X: np.ndarray, target: np.ndarray, lr: float, steps: int) -> list[float]:
        """Gradient descent; returns the loss before each step."""
        losses = []
        for _ in range(steps):
            losses.append(self.loss(X, target))
            of_weights, of_biases = self.gradients(X, target)
            for weight, slope in zip(self.weights, of_weights, strict=True):
                weight -= lr * slope
            for bias, slope in zip(self.biases, of_biases, strict=True):
                bias -= lr * slope
        return losses


_SCORES, _LOSS = "the scores", "the loss"
_DW, _DB = "the slopes of the weights", "the slopes of the biases"
_STILL = "the weights after their slopes were measured"
_KEPT = "the weights that are kept"
_LISTS = "how many lists `gradients` returns"
_ASKED = "how often `train` asks `gradients`"
_AGAIN = "the losses of a second, shorter training"
_LOSSES, _W, _B = "the losses", "the weights after training", "the biases after training"
_GIVEN = "the weights after training where `gradients` gives 1 for every slope"
_PASSED = "the arrays that the class was given, after training"


def _floats(arrays: Sequence[np.ndarray]) -> Arrays:
    return [np.array(a, dtype=float) for a in arrays]


def _copies(arrays: Sequence[np.ndarray]) -> Arrays:
    return [np.array(a) for a in arrays]


def _ones(answer: Any) -> type:
    """The learner's class with slopes of 1: does `train` ask `gradients`?"""

    class WithSlopes1(answer):
        asked = 0

        def gradients(self, X: np.ndarray, target: np.ndarray) -> tuple[list, list]:
            type(self).asked += 1
            return [0 * w + 1.0 for w in self.weights], [0 * b + 1.0 for b in self.biases]

    return WithSlopes1


def _use(
    answer: Any,
    weights: Arrays,
    biases: Arrays,
    X: np.ndarray,
    target: np.ndarray,
    lr: float,
    steps: int,
) -> dict[str, Any]:
    """Each method once, on a network of its own, and the training with slopes that are given.

    Every network gets arrays of its own: one that keeps no copies shall fail for this alone.
    """
    net = answer(_copies(weights), _copies(biases))
    found: dict[str, Any] = {_KEPT: _copies(net.weights)}
    found |= {_SCORES: net.scores(X), _LOSS: net.loss(X, target)}
    net = answer(_copies(weights), _copies(biases))
    slopes = net.gradients(X, target)
    found |= {_LISTS: len(slopes)}
    if len(slopes) != 2:
        return found
    of_weights, of_biases = slopes
    found |= {_DW: _floats(of_weights), _DB: _floats(of_biases), _STILL: _floats(net.weights)}
    passed = _copies(weights), _copies(biases)
    net = answer(*passed)
    losses = net.train(X, target, lr, steps)
    losses = list(losses) if isinstance(losses, list) else losses
    found |= {_LOSSES: losses, _W: _floats(net.weights), _B: _floats(net.biases)}
    found |= {_PASSED: _floats([*passed[0], *passed[1]])}
    found |= {_AGAIN: net.train(X, target, lr, 1)}
    given = _ones(answer)(_copies(weights), _copies(biases))
    given.train(X, target, lr, steps)
    return found | {_GIVEN: _floats(given.weights), _ASKED: type(given).asked}


def _called(
    weights: Arrays, biases: Arrays, X: np.ndarray, target: np.ndarray, lr: float, steps: int
) -> str:
    sizes = "-".join(str(n) for n in [X.shape[1], *(len(w) for w in weights)])
    return f"Network of sizes {sizes} on {len(X)} points, then train with lr={lr}, steps={steps}"


def _drawn(
    rng: np.random.Generator, n: int, sizes: tuple[int, ...], lr: float, steps: int
) -> tuple:
    weights = [rng.normal(size=(o, i)) for i, o in pairwise(sizes)]
    biases = [rng.normal(size=o) for o in sizes[1:]]
    X, target = rng.normal(size=(n, sizes[0])), rng.integers(0, sizes[-1], n)
    return weights, biases, X, target, lr, steps


def _cases(rng: np.random.Generator) -> list[tuple]:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    xor = (
        [np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[0.0, 0.0], [1.0, -2.0]])],
        [np.array([0.25, -0.75]), np.array([0.0, -0.5])],
        corners,
        np.array([0, 1, 1, 0]),
        0.5,
        2,
    )
    single = Case("for a network without a hidden layer", *_drawn(rng, 3, (2, 2), 0.5, 1))
    large = Case(
        "where scores are large",
        [np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[900.0, 0.0], [0.0, 800.0]])],
        [np.array([0.5, 1.5]), np.array([0.0, 10.0])],
        np.array([[1.0, 2.0], [2.0, 0.5]]),
        np.array([0, 1]),
        0.001,
        1,
    )
    whole = Case(
        "where the arrays that were given hold whole numbers",
        [np.array([[1, 2], [-1, 1]]), np.array([[1, 0], [-1, 2]])],
        [np.array([1, 0]), np.array([0, 1])],
        np.array([[0.5, -0.25], [1.5, 0.5], [-0.5, 0.75]]),
        np.array([0, 1, 1]),
        0.1,
        1,
    )
    done = Case(
        "where the loss is 0 from the start: a step is a step all the same",
        [np.array([[40.0, 0.0], [0.0, 40.0]])],
        [np.zeros(2)],
        np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]]),
        np.array([0, 1, 0, 1]),
        0.5,
        3,
    )
    return [
        single,
        xor,
        _drawn(rng, 4, (2, 3, 3), 0.3, 3),
        _drawn(rng, 5, (3, 3, 2, 2), 0.1, 2),
        large,
        whole,
        done,
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _same_shapes(found: dict, weights: Arrays, biases: Arrays, *rest: Any) -> bool:
    shapes = [np.shape(a) for a in (*found[_DW], *found[_DB])]
    return shapes == [np.shape(a) for a in (*weights, *biases)]


def _still_there(found: dict, *case: Any) -> bool:
    pairs = zip(found[_STILL], found[_KEPT], strict=True)
    return all(np.allclose(a, w, rtol=0, atol=1e-7) for a, w in pairs)


def _keeps_copies(found: dict, weights: Arrays, biases: Arrays, *rest: Any) -> bool:
    pairs = zip(found[_PASSED], [*weights, *biases], strict=True)
    return all(np.allclose(a, w, rtol=0, atol=1e-7) for a, w in pairs)


def _first_loss(found: dict, *case: Any) -> bool:
    return len(found[_LOSSES]) == case[-1] and bool(np.isclose(found[_LOSSES][0], found[_LOSS]))


def _as_given(found: dict, weights: Arrays, *case: Any) -> bool:
    return len(found[_KEPT]) == len(weights) and all(
        np.shape(a) == np.shape(w) and np.allclose(a, w)
        for a, w in zip(found[_KEPT], weights, strict=True)
    )


def _asks_gradients(found: dict, *case: Any) -> bool:
    moved = zip(found[_W], found[_KEPT], strict=True)
    return found[_ASKED] > 0 or all(np.array_equal(a, w) for a, w in moved)


def _moves_by_lr(found: dict, weights: Arrays, *case: Any) -> bool:
    lr, steps = case[-2:]
    pairs = zip(found[_GIVEN], weights, strict=True)
    return found[_ASKED] == 0 or all(np.allclose(a, w - lr * steps) for a, w in pairs)


def _only_its_own_losses(found: dict, *case: Any) -> bool:
    return np.size(found[_AGAIN]) <= 1


def _last_biases_sum_to_0(found: dict, *case: Any) -> bool:
    return abs(float(np.sum(found[_DB][-1]))) < 1e-5


def _steps_are_lr_times_slope(found: dict, *case: Any) -> bool:
    weights, lr, steps = case[0], case[-2], case[-1]
    moved = zip(found[_W], weights, found[_DW], strict=True)
    return steps != 1 or all(np.allclose(a, w - lr * g, atol=1e-6) for a, w, g in moved)


# ---- what people write instead -------------------------------------------------------------------


def _measured(far: float, near: float, over: float) -> type:
    """Slopes from the losses at +far and -near, divided by `over`."""

    class Measured(Network):
        def gradients(self, X: np.ndarray, target: np.ndarray) -> tuple[Arrays, Arrays]:
            slopes = []
            for array in [*self.weights, *self.biases]:
                slope = np.zeros_like(array)
                for place in np.ndindex(array.shape):
                    kept = array[place]
                    array[place] = kept + far
                    up = self.loss(X, target)
                    array[place] = kept - near
                    slope[place] = (up - self.loss(X, target)) / over
                    array[place] = kept
                slopes.append(slope)
            return slopes[: len(self.weights)], slopes[len(self.weights) :]

    return Measured


class _NotPutBack(Network):
    """Every weight stays at its lower place after its slope was measured."""

    def gradients(self, X: np.ndarray, target: np.ndarray) -> tuple[Arrays, Arrays]:
        slopes = []
        for array in [*self.weights, *self.biases]:
            slope = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                array[place] += 1e-5
                up = self.loss(X, target)
                array[place] -= 2e-5
                slope[place] = (up - self.loss(X, target)) / 2e-5
            slopes.append(slope)
        return slopes[: len(self.weights)], slopes[len(self.weights) :]


class _WholeArrays(Network):
    """All entries of an array are nudged at once."""

    def gradients(self, X: np.ndarray, target: np.ndarray) -> tuple[Arrays, Arrays]:
        slopes = []
        for array in [*self.weights, *self.biases]:
            kept = array.copy()
            array += 1e-5
            up = self.loss(X, target)
            array -= 2e-5
            slopes.append(np.full_like(array, (up - self.loss(X, target)) / 2e-5))
            array[...] = kept
        return slopes[: len(self.weights)], slopes[len(self.weights) :]


def _trained(
    sign: float = -1.0,
    after: bool = False,
    one_more: bool = False,
    biases: bool = True,
    layers: slice = slice(None),
    own: bool = False,
) -> type:
    """Another loop: another sign, other places of the loss, other arrays that are moved."""

    class Trained(Network):
        def train(self, X: np.ndarray, target: np.ndarray, lr: float, steps: int) -> list[float]:
            losses = []
            for _ in range(steps):
                losses.append(self.loss(X, target))
                slopes = Network.gradients(self, X, target) if own else self.gradients(X, target)
                moved = list(zip(self.weights, slopes[0], strict=True))[layers]
                moved += list(zip(self.biases, slopes[1], strict=True))[layers] if biases else []
                for array, slope in moved:
                    array += sign * lr * slope
            end = self.loss(X, target)
            return [*losses[1:], end] if after else [*losses, end] if one_more else losses

    return Trained


def _bent(hidden: Callable[..., Any], last: Callable[..., Any]) -> type:
    """Another function after the hidden layers, and one after the last."""

    class Bent(Network):
        def scores(self, X: np.ndarray) -> np.ndarray:
            for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
                X = hidden(X @ weight.T + bias)
            return last(X @ self.weights[-1].T + self.biases[-1])

    return Bent


def _plain(z: np.ndarray) -> np.ndarray:
    return z


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


class _NoCopies(Network):
    """The arrays that were given are the ones that learn."""

    def __init__(self, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> None:
        self.weights = [np.asarray(weight, dtype=float) for weight in weights]
        self.biases = [np.asarray(bias, dtype=float) for bias in biases]


class _Summed(Network):
    """The loss added up over the points."""

    def loss(self, X: np.ndarray, target: np.ndarray) -> float:
        return super().loss(X, target) * len(X)


class _Overflows(Network):
    """The softmax as it is written, without the largest score taken off."""

    def loss(self, X: np.ndarray, target: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            p = np.exp(self.scores(X))
            p = p / p.sum(axis=1, keepdims=True)
            return float(-np.mean(np.log(p[np.arange(len(p)), target])))


_STUB = '''def __init__(self, weights, biases):
    raise NotImplementedError

def scores(self, X):
    """X (N, D) to scores (N, C); no ReLU after the last layer."""

def loss(self, X, target):
    """The mean cross-entropy; target (N,) the right classes, 0 .. C-1."""

def gradients(self, X, target):
    """Two lists: slopes for self.weights and for self.biases, in their shapes."""

def train(self, X, target, lr, steps):
    """Changes self.weights and self.biases; returns the loss before each step."""
'''

EXERCISE = Exercise(
    id="02.7",
    title="Capstone: a network that finds its own weights",
    points=6,
    stars=3,
    minutes=60,
    reference=Network,
    stub=_STUB,
    cases=_cases,
    use=_use,
    called=_called,
    pure=True,
    tolerance=1e-6,
    forbidden=(
        "lessonlib.functional.cross_entropy",
        "lessonlib.functional.cross_entropy_backward",
        "lessonlib.gradcheck.numerical_gradient",
    ),
    hints=(
        "Begin with __init__, scores and loss. The scores are exercise 02.6 and the loss is "
        "exercise 02.4: call your functions or copy their lines. Try net.loss(X, target).",
        "For one entry: keep its value, set it 1e-5 higher and ask self.loss, set it 1e-5 lower "
        "and ask again, put the value back; the slope is the difference divided by 2e-5. "
        "np.ndindex(array.shape) runs over all entries of an array.",
        "In train, a step is: note self.loss, get both lists from self.gradients, and subtract "
        "lr times its slope from every weight and every bias.",
    ),
    properties=(
        Property(
            "enough digits for the nudge",
            lambda found, *case: all(a.dtype != np.float32 for a in found[_KEPT]),
            "self.weights is kept as float32, which has too few digits for a nudge of 1e-5: the "
            "slopes come out wrong. Keep float64, which is what dtype=float makes.",
        ),
        Property(
            "copies of what was given",
            _as_given,
            "As soon as it is made, self.weights has to be a list of copies of the arrays that "
            "were given, as many as those and with the same numbers; here it is not.",
        ),
        Property(
            "two lists",
            lambda found, *case: found[_LISTS] == 2,
            "`gradients` returns two lists, first the slopes of all weights, then those of all "
            "biases; here it is another number of them.",
        ),
        Property(
            "a slope for every weight and bias",
            _same_shapes,
            "`gradients` returns two lists, for the weights and for the biases, with arrays of the "
            "same shapes as those; here a shape, or the number of arrays, is another one.",
        ),
        Property(
            "measuring changes nothing",
            _still_there,
            "After `gradients` the weights are no longer where they were. Whatever is nudged has "
            "to be put back before the next one is.",
        ),
        Property(
            "the arrays that were given stay",
            _keeps_copies,
            "The class changes the arrays it was given: after `train` they hold the trained "
            "numbers. self.weights and self.biases have to be copies of them.",
        ),
        Property(
            "the losses begin before the first step",
            _first_loss,
            "`train` returns one loss for each step, taken before it: the first one is the loss of "
            "the network as it was made. Here it is not so.",
        ),
        Property(
            "the slopes of the last biases add up to 0",
            _last_biases_sum_to_0,
            "The same number added to all scores changes no probability, so the slopes of the "
            "biases of the last layer have to add up to 0; here they do not.",
        ),
        Property(
            "training asks gradients",
            _asks_gradients,
            "`train` has to take its slopes from self.gradients; here it never asks it.",
        ),
        Property(
            "every step moves every weight by lr times its slope",
            _moves_by_lr,
            "With a class whose `gradients` gives 1 everywhere, each step of `train` has to lower "
            "every weight by lr; after all the steps they are elsewhere here.",
        ),
        Property(
            "only its own losses",
            _only_its_own_losses,
            "A second call of `train`, for one step, has to return the one loss of that step; here "
            "it returns others as well.",
        ),
        Property(
            "a step is lr times the slope",
            _steps_are_lr_times_slope,
            "After a single step each weight has to be what it was, minus lr times its slope; here "
            "it is something else.",
        ),
    ),
    parts={
        "kept": "the value that is put back",
        "array[place] = kept": "the line that puts the value back",
        "array[place] = kept + 1e-5": "the nudge upwards",
        "array[place] = kept - 1e-5": "the nudge downwards",
        "kept + 1e-5": "the nudge upwards",
        "kept - 1e-5": "the nudge downwards",
        "up - down": "the difference of the losses",
        "(up - down) / 2e-5": "the slope",
        "lr * slope": "the step",
        "weight -= lr * slope": "the step of the weights",
        "bias -= lr * slope": "the step of the biases",
        "losses.append(self.loss(X, target))": "the note of the loss",
        "X @ weight.T + bias": "the sums of a hidden layer",
        "np.maximum(X @ weight.T + bias, 0)": "the ReLU",
        "X @ self.weights[-1].T + self.biases[-1]": "the sums of the last layer",
        "z - z.max(axis=1, keepdims=True)": "the scores without the largest one of their row",
        "np.log(np.exp(z).sum(axis=1))": "the logarithm of the sum",
        "right": "the score of the right class",
    },
    mistakes=(
        Mistake(
            "uphill",
            _trained(sign=1.0),
            "The steps go uphill: lr times the slope is added. Where the slope is positive the "
            "weight has to become smaller.",
        ),
        Mistake(
            "a slope from one side",
            _measured(1e-5, 0.0, 1e-5),
            "The slopes are measured from one side, between the weight and the weight plus 1e-5. "
            "Measured from both sides, up and down, they are far more accurate.",
        ),
        Mistake(
            "divided by one nudge",
            _measured(1e-5, 1e-5, 1e-5),
            "All slopes are twice what they should be. From 1e-5 below to 1e-5 above is a distance "
            "of 2e-5.",
        ),
        Mistake(
            "a coarse nudge",
            _measured(1e-2, 1e-2, 2e-2),
            "The nudge is too large: over 0.01 the loss is no longer straight. The statement asks "
            "for 1e-5.",
        ),
        Mistake(
            "sign of the slope",
            _measured(-1e-5, -1e-5, 2e-5),
            "The slopes have the opposite sign: the loss above minus the loss below is wanted.",
        ),
        Mistake(
            "not put back",
            _NotPutBack,
            "A weight that was nudged stays where it is. Put it back before the next one moves.",
        ),
        Mistake(
            "no copies",
            _NoCopies,
            "The class changes the arrays it was given: after `train` they hold the trained "
            "numbers. self.weights and self.biases have to be copies of them. (np.asarray makes "
            "none of what is an array of floats already.)",
        ),
        Mistake(
            "whole arrays nudged",
            _WholeArrays,
            "All entries of an array are nudged together, so all get one slope. Each entry has a "
            "slope of its own: nudge one at a time.",
        ),
        Mistake(
            "losses after the steps",
            _trained(after=True),
            "The losses are those after each step. Asked is the loss before each step.",
        ),
        Mistake(
            "one loss too many",
            _trained(one_more=True),
            "There is one loss too many: asked is one for each step, before it.",
        ),
        Mistake(
            "biases never move",
            _trained(biases=False),
            "The biases never move. They are parameters like the weights, and have slopes too.",
        ),
        Mistake(
            "only the last layer learns",
            _trained(layers=slice(-1, None)),
            "Only the last layer moves. Then the hidden units stay as they were drawn.",
        ),
        Mistake(
            "train with slopes of its own",
            _trained(own=True),
            "`train` computes slopes by itself. It has to ask self.gradients, so that a class with "
            "better slopes can use the same loop.",
        ),
        Mistake(
            "a ReLU on the scores",
            _bent(_relu, _relu),
            "The scores are cut off at 0: the last layer has a ReLU here. It has none (02.6).",
        ),
        Mistake(
            "no ReLU",
            _bent(_plain, _plain),
            "No layer bends, so the whole network is one linear layer. The hidden layers need "
            "their ReLU.",
        ),
        Mistake(
            "the loss added up",
            _Summed,
            "The loss is added up over the points. It is their mean, so that a step does not grow "
            "with the number of points.",
        ),
        Mistake(
            "overflow",
            _Overflows,
            "Right for small scores, nan for large ones. Take the largest score of each row off "
            "first, and take the logarithm of the sum (02.4).",
        ),
    ),
)
