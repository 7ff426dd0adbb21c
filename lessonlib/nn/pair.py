"""PairModule: what all layers without parameters are made of."""

import inspect
from typing import Any, Self

from .module import Module


class PairModule(Module):
    """A layer without parameters: one pair of functions and the options it is called with.

    Subclasses name the pair: `pair = (F.relu, F.relu_backward)`. Without an `__init__` of its own
    a subclass has the options of the pair's forward.
    Raises TypeError for an option that the layer does not have, naming those there are
    """

    pair: tuple[Any, Any]

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Refuse unknown options before Python does, which would not say which there are."""
        own = cls.__init__ is not PairModule.__init__
        given = inspect.signature(cls.__init__ if own else cls.pair[0]).parameters.values()
        known = {p.name: p.kind for p in list(given)[1:]}  # the first is self, or x
        if inspect.Parameter.VAR_KEYWORD in known.values():  # it takes what it likes
            return super().__new__(cls)
        in_order = sum(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for kind in known.values())
        asked = [name for name in options if name not in known]
        asked += [f"{value!r} without a name" for value in args[in_order if own else 0 :]]
        if asked:
            there = f"wanted {' or '.join(known)}" if known else "it has no options"
            raise TypeError(f"{cls.__name__}: no option {', '.join(asked)}; {there}")
        return super().__new__(cls)

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options

    def forward(self, *args: Any) -> Any:
        """Call the pair's forward with this layer's options."""
        y, cache = self.pair[0](*args, **self.options)
        self._push(cache)
        return y

    def backward(self, dy: Any) -> Any:
        """Call the pair's backward on the cache of the latest forward."""
        return self.pair[1](dy, self._pop())

    def extra_repr(self) -> str:
        """The options as they were given."""
        return ", ".join(f"{name}={value!r}" for name, value in self.options.items())
