"""What all optimizers share: groups, zero_grad, the step over all parameters, the state."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np

Group = dict[str, Any]
State = dict[str, Any]


class ParameterLike(Protocol):
    """What an optimizer needs of a parameter: two arrays of one shape, `grad` possibly None."""

    data: np.ndarray
    grad: np.ndarray | None


class Optimizer:
    """Base of the optimizers: a subclass writes `_update(parameter, gradient, state, group)` only.

    params : iterable of parameters, or of dicts {"params": [...], "lr": ...}, one a group with its
             own settings; what a group does not set comes from the defaults
    Raises ValueError for no parameters, a parameter given twice, an unknown setting of a group or
    an lr of a group that is negative, infinite or nan; TypeError for what is no parameter
    Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn, optim
    >>> weight, bias = nn.Linear(2, 1).parameters()
    >>> optimizer = optim.SGD([{"params": [weight], "lr": 0.5}, {"params": [bias]}], lr=0.1)
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.5, 0.1]
    """

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        name = type(self).__name__
        if hasattr(params, "parameters"):
            raise TypeError(f"{name} got a {type(params).__name__}, wanted its .parameters()")
        if not isinstance(params, Iterable):
            raise TypeError(f"{name} got one {type(params).__name__}, wanted a list of parameters")
        groups = list(params)
        if not groups:
            raise ValueError(
                f"{name} got no parameters: a generator is used up after its first use"
            )
        if not isinstance(groups[0], Mapping):
            groups = [{"params": groups}]
        self.defaults = defaults
        self.param_groups: list[Group] = []
        for group in groups:
            self.add_param_group(group)
        self.state: dict[int, State] = {}  # position of the parameter -> its running averages
        self._buffers: dict[np.dtype, np.ndarray] = {}

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Train more parameters, {"params": [...], "lr": ...}, such as layers just unfrozen."""
        group = self._group(param_group)
        known = [id(p) for one in (*self.param_groups, group) for p in one["params"]]
        if len(set(known)) < len(known):
            raise ValueError(f"{type(self).__name__}: a parameter is given twice")
        self.param_groups.append(group)

    def _group(self, settings: Mapping[str, Any]) -> Group:
        unknown = set(settings) - set(self.defaults) - {"params", "initial_lr"}
        if unknown:
            raise ValueError(f"{type(self).__name__} has no setting {sorted(unknown)}")
        group = {**self.defaults, **settings, "params": list(settings["params"])}
        for name in ("lr", "weight_decay"):
            require_size(name, group.get(name, 0.0))
        if not group["params"]:
            raise ValueError(f"{type(self).__name__} got a group without parameters")
        for p in group["params"]:
            if not isinstance(getattr(p, "data", None), np.ndarray) or not hasattr(p, "grad"):
                raise TypeError(f"a parameter has the arrays data and grad, got {type(p).__name__}")
        return group

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget every gradient (or fill it with 0): the next `backward` adds into it."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad.fill(0)

    def step(self) -> None:
        """Change every parameter in place by one step, from its `grad`.

        Raises ValueError where a gradient does not have the shape of its parameter
        """
        position = 0
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    if p.grad.shape != p.data.shape:
                        raise ValueError(
                            f"{type(self).__name__}: the gradient of parameter {position} has "
                            f"shape {p.grad.shape}, the parameter {p.data.shape}"
                        )
                    state = self.state.setdefault(position, {})
                    self._update(p.data, self._gradient(p, group), state, group)
                position += 1

    def _gradient(self, p: Any, group: Group) -> np.ndarray:
        """The gradient with its sign turned for `maximize`, the L2 penalty's gradient added."""
        grad = -p.grad if group["maximize"] else p.grad
        if group["weight_decay"] and not group.get("decoupled_weight_decay"):
            grad = grad + group["weight_decay"] * p.data
        return grad

    def _update(self, w: np.ndarray, grad: np.ndarray, state: State, group: Group) -> None:
        raise NotImplementedError

    def _scratch(self, w: np.ndarray) -> np.ndarray:
        """A buffer shaped like `w` for intermediate results, the same memory for all parameters.

        A fresh array per operation costs more than the arithmetic in it: memory that was not
        touched before has to be handed out by the system page by page.
        """
        buffer = self._buffers.get(w.dtype)
        if buffer is None or buffer.size < w.size:
            buffer = self._buffers[w.dtype] = np.empty(w.size, w.dtype)
        return buffer[: w.size].reshape(w.shape)

    def state_dict(self) -> dict[str, Any]:
        """Settings and running averages in torch's layout: {"state": ..., "param_groups": ...}.

        Arrays are copies. Keys inside "state" are torch's: momentum_buffer, exp_avg, step ...
        """
        groups, position = [], 0
        for group in self.param_groups:
            settings = {key: value for key, value in group.items() if key != "params"}
            settings["params"] = list(range(position, position + len(group["params"])))
            position += len(group["params"])
            groups.append(settings)
        state = {i: {key: _copy(v) for key, v in s.items()} for i, s in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` of this class, or of torch's, returned.

        Raises ValueError where groups, their sizes or the shapes of the averages do not fit
        """
        groups = state_dict["param_groups"]
        sizes = [len(group["params"]) for group in groups]
        wanted = [len(group["params"]) for group in self.param_groups]
        if sizes != wanted:
            raise ValueError(f"the state is for groups of {sizes} parameters, here are {wanted}")
        params = [p for group in self.param_groups for p in group["params"]]
        self.state = {
            int(i): {key: _take(key, value, params[int(i)]) for key, value in state.items()}
            for i, state in state_dict["state"].items()
        }
        for group, settings in zip(self.param_groups, groups, strict=True):
            kept = set(self.defaults) | {"initial_lr"}  # torch's own switches say nothing here
            group.update({k: v for k, v in settings.items() if k in kept})

    def __repr__(self) -> str:
        settings = ", ".join(f"{k}={v}" for k, v in self.param_groups[0].items() if k != "params")
        count = sum(p.data.size for group in self.param_groups for p in group["params"])
        return f"{type(self).__name__}({settings}; {count:,} parameters)"


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _take(key: str, value: Any, p: Any) -> Any:
    """One entry of a loaded state as this library keeps it: a number, an array like p, or None."""
    if value is None:
        return None
    array = np.asarray(value)
    if array.shape == p.data.shape and key != "step":
        return array.astype(p.data.dtype)
    if array.ndim == 0:  # torch keeps its step counter as a 0-d tensor
        return int(array)
    raise ValueError(f"{key} in the state has shape {array.shape}, its parameter {p.data.shape}")


def require_size(name: str, value: float) -> None:
    """Raise ValueError unless the value is a finite number, 0 or more."""
    require(value >= 0, name, value, ">= 0")
    require(value < math.inf, name, value, "finite")


def require(condition: bool, name: str, value: Any, wanted: str) -> None:
    """Raise ValueError "lr must be >= 0, got -1" where `condition` does not hold."""
    if not condition:  # also for nan, with which every comparison is False
        raise ValueError(f"{name} must be {wanted}, got {value}")
