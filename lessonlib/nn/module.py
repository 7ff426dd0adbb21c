"""What every layer is made of: Parameter, Module, Sequential.

A Module holds parameters and a stack of caches; the mathematics is in `lessonlib.functional`.

    y  = layer(x)            forward:  pushes what backward will need
    dx = layer.backward(dy)  backward: pops it, adds into parameter.grad, returns dx
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Generic, Self, TypeVar

import numpy as np


class Parameter:
    """An array that is trained, with its gradient next to it.

    data : the values; optimizers change them in place
    grad : d loss / d data, same shape; None until the first backward pass after `zero_grad`

    >>> Parameter(np.ones((2, 3)))
    Parameter((2, 3), float64)
    """

    def __init__(self, data: np.ndarray) -> None:
        self.data = data
        self.grad: np.ndarray | None = None

    def add_grad(self, gradient: np.ndarray) -> None:
        """Add to `grad`: a weight used twice gets the sum of both gradients.

        Raises ValueError naming both shapes if they differ

        >>> p = Parameter(np.zeros(2))
        >>> p.add_grad(np.ones(2))
        >>> p.add_grad(np.ones(2))
        >>> p.grad
        array([2., 2.])
        """
        if gradient.shape != self.data.shape:
            raise ValueError(
                f"add_grad: gradient {gradient.shape} for a parameter {self.data.shape}"
            )
        if self.grad is None:
            self.grad = gradient.copy()  # our own array: nobody else may hold it
        else:
            self.grad += gradient

    def __repr__(self) -> str:
        return f"Parameter({self.data.shape}, {self.data.dtype})"


class Module:
    """Base of all layers: finds parameters, stacks caches, saves and loads. (Taught in lesson 03)

    A subclass writes `forward`, which ends in `self._push(cache)`, and `backward`, which begins
    with `self._pop()`. Parameters, buffers and Modules are found among the attributes, in order.

    training  : True after construction and `train()`, False after `eval()`; Dropout, BatchNorm ask
    recording : whether forward keeps caches for backward; follows `training`, see `record`
    needs_dx  : set to False on a Linear or convolution that reads data: its backward then leaves
                out dx, for which nobody asks (torch does the same unseen)
    """

    _buffer_names: tuple[
        str, ...
    ] = ()  # arrays that are saved but not trained, such as running_mean

    def __init__(self) -> None:
        self.training = True
        self.recording = True
        self.needs_dx = True
        # A stack and not a slot: a layer used twice goes back through its second use first.
        self._caches: list[Any] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`."""
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Output of the layer; each subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def backward(self, *args: Any) -> Any:
        """Gradient for the input from that of the output; each subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward")

    # -- caches ---------------------------------------------------------------------------------

    def _push(self, cache: Any) -> None:
        if self.recording:
            self._caches.append(cache)

    def _pop(self) -> Any:
        if not self._caches:
            raise RuntimeError(
                f"{type(self).__name__}.backward: no forward pass left to go back through. Each "
                "backward uses up one forward made in training mode (or after record())"
            )
        return self._caches.pop()

    def _add_grads(self, **gradients: np.ndarray | None) -> None:
        """Add each gradient to the parameter of that name; None where there is no parameter."""
        for name, gradient in gradients.items():
            if gradient is not None:
                getattr(self, name).add_grad(gradient)

    def train(self, mode: bool = True) -> Self:
        """Training mode on (or off) for this module and all inside it; forgets caches left over."""
        for module in self.modules():
            module.training = module.recording = mode
            module._caches.clear()
        return self

    def eval(self) -> Self:
        """Evaluation mode: no dropout, running statistics in batch norm, no caches."""
        return self.train(False)

    def record(self, mode: bool = True) -> Self:
        """Keep caches (or stop) in either mode: `eval().record()` for gradients in evaluation."""
        for module in self.modules():
            module.recording = mode
            module._caches.clear()
        return self

    # -- walking the tree -----------------------------------------------------------------------

    def children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, module) for each Module held directly."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def modules(self) -> Iterator[Module]:
        """Yield this module and all inside it, outermost first."""
        yield self
        for _, child in self.children():
            yield from child.modules()

    def _entries(self, prefix: str = "") -> Iterator[tuple[str, Parameter | np.ndarray]]:
        """Parameters and buffers with dotted names, in torch's order: own, then the children's."""
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
        for name in self._buffer_names:
            if getattr(self, name) is not None:
                yield prefix + name, getattr(self, name)
        for name, child in self.children():
            yield from child._entries(f"{prefix}{name}.")

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield (dotted name, parameter); a parameter shared by two layers comes once."""
        seen: set[int] = set()
        for name, entry in self._entries():
            if isinstance(entry, Parameter) and id(entry) not in seen:
                seen.add(id(entry))
                yield name, entry

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter once."""
        for _, parameter in self.named_parameters():
            yield parameter

    def zero_grad(self) -> None:
        """Forget all gradients, so that the next backward starts from nothing."""
        for parameter in self.parameters():
            parameter.grad = None

    # -- saving and loading ---------------------------------------------------------------------

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and buffers under torch's keys."""
        return {
            name: np.array(entry.data if isinstance(entry, Parameter) else entry)
            for name, entry in self._entries()
        }

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True
    ) -> tuple[list[str], list[str]]:
        """Copy values in, from our state_dict or torch's; returns (missing, unexpected) keys.

        state_dict : {key: array or torch tensor}; values are converted to the dtype of this module
        strict     : refuse missing or unexpected keys; wrong shapes are refused in any case
        Raises ValueError listing every key and shape that does not fit, before anything is changed
        """
        own = {
            name: entry.data if isinstance(entry, Parameter) else entry
            for name, entry in self._entries()
        }
        given = {name: np.asarray(value) for name, value in state_dict.items()}
        missing = [name for name in own if name not in given]
        unexpected = [name for name in given if name not in own]
        problems = [
            f"{name} has shape {given[name].shape}, wanted {own[name].shape}"
            for name in own
            if name in given and given[name].shape != own[name].shape
        ]
        if strict:
            problems += [f"missing {name}" for name in missing]
            problems += [f"unexpected {name}" for name in unexpected]
        if problems:
            raise ValueError(f"{type(self).__name__}.load_state_dict: " + "; ".join(problems))
        for name, target in own.items():
            if name in given:
                target[...] = given[name]  # in place: optimizers and tied layers keep their arrays
        return missing, unexpected

    # -- printing -------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What is written between the parentheses of the repr."""
        return ""

    def __repr__(self) -> str:
        count = sum(p.data.size for p in self.parameters())
        own = {name: v for name, v in vars(self).items() if isinstance(v, Parameter)}
        shapes = ", ".join(f"{name} {parameter.data.shape}" for name, parameter in own.items())
        total = "  # " + (f"{shapes}: " if own else "") + f"{count:,} parameters" if count else ""
        lines = [f"({name}): {child!r}" for name, child in self.children()]
        if not lines:
            return f"{type(self).__name__}({self.extra_repr()}){total}"
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"{type(self).__name__}({self.extra_repr()}\n  {body}\n){total}"


Member = TypeVar("Member", bound=Module)


class ModuleList(Module, Generic[Member]):
    """A list of modules whose parameters are found: `for block in self.blocks: x = block(x)`.

    >>> len(ModuleList([Module(), Module()]))
    2
    """

    def __init__(self, modules: list[Member] | tuple[Member, ...] = ()) -> None:
        super().__init__()
        for position, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(
                    f"{type(self).__name__}: entry {position} is {type(module).__name__}, "
                    "wanted a Module"
                )
            setattr(self, str(position), module)

    def __len__(self) -> int:
        return sum(1 for _ in self.children())

    def __getitem__(self, position: int) -> Member:
        return self._members()[position]

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members())

    def _members(self) -> list[Any]:  # each of the type that __init__ was given
        return [module for _, module in self.children()]


class Sequential(ModuleList[Module]):
    """Layers one after the other: forward in order, backward in reverse.   y = f_n(... f_2(f_1(x)))

    Taught in notebooks/03_backpropagation

    >>> Sequential()(3.0)
    3.0
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def __getitem__(self, position: int | slice) -> Module:
        """`model[0]` is a layer, `model[:2]` a Sequential of the first two, sharing parameters."""
        layers = self._members()
        return Sequential(*layers[position]) if isinstance(position, slice) else layers[position]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Hand x through every layer."""
        for layer in self:
            x = layer(x)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Hand the gradient back through every layer, last one first."""
        for layer in reversed(list(self)):
            dy = layer.backward(dy)
        return dy


def value_of(parameter: Parameter | None) -> np.ndarray | None:
    """The array of a parameter, None for a parameter that the layer was built without."""
    return None if parameter is None else parameter.data


def uniform_parameter(
    shape: tuple[int, ...], fan_in: int, rng: np.random.Generator | None, dtype: Any
) -> Parameter:
    """Torch's default start for weights and biases: uniform on (-1/sqrt(fan_in), 1/sqrt(fan_in)).

    Raises ValueError where a size is no whole number, 0 or more

    >>> uniform_parameter((2, 4), 4, np.random.default_rng(0), np.float32)
    Parameter((2, 4), float32)
    """
    if not all(isinstance(size, (int, np.integer)) and size >= 0 for size in shape):
        raise ValueError(f"a parameter of shape {shape}: wanted whole numbers, 0 or more")
    rng = np.random.default_rng() if rng is None else rng
    bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0.0
    return Parameter(rng.uniform(-bound, bound, shape).astype(dtype))


def refuse(layer: str, **options: bool) -> None:
    """Raise NotImplementedError naming each torch option that is asked for and not supported here.

    >>> refuse("ReLU", inplace=False)
    """
    asked = [name for name, wanted in options.items() if wanted]
    if asked:
        raise NotImplementedError(f"{layer}: option {', '.join(asked)} is not supported")
