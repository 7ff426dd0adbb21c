"""The playground's network and its training, without any view: lessonlib.nn, SGD, repeatable."""

from array import array
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from lessonlib import nn, optim
from lessonlib.lessons.l02.explorer.data import DATA, FEATURES, draw_points, features

POINTS = 400  # training and test points together
MOST_LAYERS, MOST_UNITS = 6, 8
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Sequential,  # no layer at all: the identity
}
PENALTIES = ("none", "L1", "L2")
RANGES = {  # smallest and largest value; the upper learning rates diverge, and that is reported
    "noise": (0.0, 1.5),
    "test_share": (0.1, 0.9),
    "lr": (1e-5, 30.0),
    "batch": (1, POINTS),
    "weight_decay": (0.0, 10.0),
    "seed": (0, 2**31 - 1),
}
# Changing one of these changes what the weights mean, so training starts again.
STRUCTURE = ("data", "noise", "test_share", "features", "hidden", "activation", "seed")


@dataclass(frozen=True)
class Settings:
    """All that decides a run. Raises ValueError naming the setting, what was seen and wanted.

    data, noise, test_share : the points, and the share of them that is kept for testing
    features, hidden, activation : inputs, units of each hidden layer, "tanh", "relu", ...
    lr, batch : learning rate and batch size of SGD
    penalty, weight_decay : "none"; "L1" adds weight_decay sum |w|; "L2" weight_decay / 2 sum w^2
    seed : of the points, the first weights and the order of the batches

    >>> Settings(hidden=(4,)).hidden
    (4,)
    """

    data: str = "spirals"
    noise: float = 0.15
    test_share: float = 0.5
    features: tuple[str, ...] = ("x1", "x2")
    hidden: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    lr: float = 0.1
    batch: int = 10
    penalty: str = "none"
    weight_decay: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in (("data", DATA), ("activation", ACTIVATIONS), ("penalty", PENALTIES)):
            value = getattr(self, name)
            if value not in tuple(choices):
                raise ValueError(f"{name} {value!r}, wanted one of {', '.join(choices)}")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise ValueError(f"{name} {value!r}, wanted a number")
            if not low <= float(value) <= high:
                raise ValueError(f"{name} {value!r}, wanted {low} to {high}")
        for name in ("batch", "seed"):
            if getattr(self, name) != int(getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)!r}, wanted a whole number")
            object.__setattr__(self, name, int(getattr(self, name)))
        self._check_sizes()

    def _check_sizes(self) -> None:
        for name in ("hidden", "features"):
            if not isinstance(getattr(self, name), (tuple, list)):
                raise ValueError(f"{name} {getattr(self, name)!r}, wanted a tuple")
        hidden, chosen = tuple(self.hidden), tuple(self.features)
        if len(hidden) > MOST_LAYERS or any(
            units not in range(1, MOST_UNITS + 1) for units in hidden
        ):
            raise ValueError(
                f"hidden {hidden}, wanted at most {MOST_LAYERS} layers of 1 to {MOST_UNITS} units"
            )
        if not chosen or any(name not in FEATURES for name in chosen):
            raise ValueError(f"features {chosen}, wanted at least one of {', '.join(FEATURES)}")
        object.__setattr__(self, "hidden", tuple(int(units) for units in hidden))
        # one order, so that the same choice always gives the same network
        object.__setattr__(self, "features", tuple(name for name in FEATURES if name in chosen))


class Playground:
    """A network that learns a data set in the plane, epoch by epoch.

    dtype : of the network; float64 for gradient checks
    Losses are the mean binary cross-entropy in nats, without the penalty
    Taught in notebooks/02_multilayer_perceptron

    >>> playground = Playground(Settings(data="gauss"))
    >>> playground.epoch()
    >>> playground.test_loss[-1] < playground.test_loss[0]
    True
    """

    def __init__(self, settings: Settings, dtype: Any = np.float32) -> None:
        self.dtype = dtype
        self._start(settings)

    def _start(self, settings: Settings) -> None:
        """Points, first weights and batch order, each from its own stream of the one seed."""
        self.settings = settings
        points, weights, order = (np.random.default_rng([settings.seed, k]) for k in range(3))
        X, y = draw_points(settings.data, POINTS, settings.noise, points)
        mixed = points.permutation(POINTS)
        test = round(POINTS * settings.test_share)
        self.X_test, self.y_test = X[mixed[:test]], y[mixed[:test]]
        self.X_train, self.y_train = X[mixed[test:]], y[mixed[test:]]
        self._train, self._test = (
            (self._inputs(X), self._targets(y))
            for X, y in ((self.X_train, self.y_train), (self.X_test, self.y_test))
        )
        self.network = self._build(weights)
        self._loss = nn.BCEWithLogitsLoss()
        self._optimizer = optim.SGD(self.network.parameters(), lr=settings.lr)
        self._order = order
        self.epochs, self.diverged = 0, False
        self.train_loss, self.test_loss = array("d"), array("d")
        self._measure()

    def _inputs(self, X: np.ndarray) -> np.ndarray:
        return features(X, self.settings.features).astype(self.dtype)

    def _targets(self, y: np.ndarray) -> np.ndarray:
        return (y[:, None] > 0).astype(self.dtype)

    def _build(self, rng: np.random.Generator) -> nn.Sequential:
        sizes = (len(self.settings.features), *self.settings.hidden)
        layers: list[nn.Module] = []
        for fan_in, units in pairwise(sizes):
            layers.append(nn.Linear(fan_in, units, rng=rng, dtype=self.dtype))
            layers.append(ACTIVATIONS[self.settings.activation]())
        layers.append(nn.Linear(sizes[-1], 1, rng=rng, dtype=self.dtype))
        layers[0].needs_dx = False
        return nn.Sequential(*layers)

    @property
    def linears(self) -> list[nn.Linear]:
        """The layers with weights, first to last."""
        return [layer for layer in self.network if isinstance(layer, nn.Linear)]

    # Training -----------------------------------------------------------------------------------

    def change(self, **settings: Any) -> None:
        """Take new settings; training starts again where the old weights would mean nothing.

        Raises ValueError for unknown names and values, before anything is changed
        """
        unknown = set(settings) - {field.name for field in fields(Settings)}
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        new = replace(self.settings, **settings)
        if any(getattr(new, name) != getattr(self.settings, name) for name in STRUCTURE):
            self._start(new)
        else:
            self.settings = new
            for group in self._optimizer.param_groups:
                group["lr"] = new.lr

    def restart(self) -> None:
        """Back to the first weights of this seed."""
        self._start(self.settings)

    def set_weight(self, layer: int, unit: int, source: int, value: float) -> None:
        """Give one weight a value; source -1 means the bias. Raises ValueError naming the place."""
        if not 0 <= layer < len(self.linears):
            raise ValueError(f"set_weight: layer {layer}, wanted 0 to {len(self.linears) - 1}")
        weight, bias = self.linears[layer].parameters()
        units, sources = weight.data.shape
        if not (0 <= unit < units and -1 <= source < sources):
            raise ValueError(
                f"set_weight: unit {unit}, source {source}; wanted 0 to {units - 1}, "
                f"-1 to {sources - 1}"
            )
        if not abs(value) <= 1000:
            raise ValueError(f"set_weight: {value}, wanted -1000 to 1000")
        if source < 0:
            bias.data[unit] = value
        else:
            weight.data[unit, source] = value

    def epoch(self) -> None:
        """One pass over the training points in a new order, one SGD step for each batch."""
        X, t = self._train
        order = self._order.permutation(len(X))
        with np.errstate(all="ignore"):  # overflow is seen, and said, at the epoch's end
            for start in range(0, len(X), self.settings.batch):
                rows = order[start : start + self.settings.batch]
                self.gradients(X[rows], t[rows])
                self._optimizer.step()
        self.epochs += 1
        self._measure()

    def gradients(self, X: np.ndarray, t: np.ndarray) -> None:
        """Fill every parameter's grad: loss backwards, then the penalty on the weights.

        X : (N, features), t : (N, 1) in {0, 1}
        dw += weight_decay sign(w)   or   dw += weight_decay w
        """
        self.network.zero_grad()
        self._loss(self.network(X), t)
        self.network.backward(self._loss.backward())
        weight_decay = self.settings.weight_decay
        if self.settings.penalty == "none" or weight_decay == 0:
            return
        for layer in self.linears:
            weight = layer.weight.data
            pull = np.sign(weight) if self.settings.penalty == "L1" else weight
            layer.weight.add_grad(weight.dtype.type(weight_decay) * pull)

    def penalty(self) -> float:
        """What the penalty adds to the loss; biases are not counted."""
        total = 0.0
        for layer in self.linears:
            weight = layer.weight.data.astype(float)
            sizes = {"none": 0.0, "L1": np.abs(weight).sum(), "L2": (weight**2).sum() / 2}
            total += float(sizes[self.settings.penalty])
        return self.settings.weight_decay * total

    def _measure(self) -> None:
        """Both losses; a value that is not finite means divergence and is not stored."""
        with np.errstate(all="ignore"):
            losses = [self.loss(*self._train), self.loss(*self._test)]
            sums = [float(p.data.sum()) for p in self.network.parameters()]
        self.diverged = not np.all(np.isfinite(losses + sums))
        if not self.diverged:
            self.train_loss.append(losses[0])
            self.test_loss.append(losses[1])

    def loss(self, X: np.ndarray, t: np.ndarray) -> float:
        """Mean cross-entropy of inputs X (N, features) and targets t (N, 1), in nats."""
        self._loss.eval()
        value = float(self._loss(self._answer(X), t))
        self._loss.train()
        return value

    def _answer(self, X: np.ndarray) -> np.ndarray:
        self.network.eval()
        answer = self.network(X)
        self.network.train()
        return answer

    def accuracies(self) -> tuple[float, float]:
        """Share of the training and of the test points on their side of the boundary."""

        def share(X: np.ndarray, t: np.ndarray) -> float:
            return float(np.mean((self._answer(X) > 0) == (t > 0.5)))

        with np.errstate(all="ignore"):
            return share(*self._train), share(*self._test)

    def responses(self, X: np.ndarray) -> list[np.ndarray]:
        """Every layer's answer to points X (N, 2): the features, each hidden layer, the scores."""
        with np.errstate(all="ignore"):
            a = self._inputs(X)
            answers = [a]
            self.network.eval()
            for layer in self.network:
                a = layer(a)
                answers += [] if isinstance(layer, nn.Linear) else [a]
            self.network.train()
        return [*answers, a]

    # State --------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """Settings, weights, losses and the batch order's generator: all that a run needs."""
        return {
            "settings": asdict(self.settings),
            "epochs": self.epochs,
            "weights": self.network.state_dict(),
            "train_loss": np.array(self.train_loss),
            "test_loss": np.array(self.test_loss),
            "order": self._order.bit_generator.state,
            "diverged": self.diverged,
        }

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Go on from a stored state. Raises ValueError, and changes nothing, if it does not fit."""
        wanted = set(self.state)
        if not isinstance(state, dict) or set(state) != wanted:
            seen = sorted(state) if isinstance(state, dict) else type(state).__name__
            raise ValueError(f"state: {seen}, wanted a dict with {sorted(wanted)}")
        other = Playground(Settings(**state["settings"]), self.dtype)
        other.network.load_state_dict(state["weights"])
        other.epochs, other.diverged = int(state["epochs"]), bool(state["diverged"])
        other._order.bit_generator.state = state["order"]
        other.train_loss = array("d", state["train_loss"])
        other.test_loss = array("d", state["test_loss"])
        vars(self).update(vars(other))  # only now: a state that does not fit changes nothing
