"""PairModule: what all layers without parameters are made of."""

from typing import Any

from .module import Module


class PairModule(Module):
    """A layer without parameters: one pair of functions and the options it is called with.

    Subclasses name the pair: `pair = (F.relu, F.relu_backward)`.
    """

    pair: tuple[Any, Any]

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
