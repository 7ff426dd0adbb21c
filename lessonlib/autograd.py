"""Automatic differentiation on single numbers: the tape that lesson 03 builds.

Every operation on a `Value` returns a new `Value` that remembers two things: which values it was
made from (`parents`) and how strongly it reacts to each (`local`, one plain number per parent).
That is all the chain rule needs:

    a ──da──┐                        forward : out = f(a, b), da = ∂out/∂a, db = ∂out/∂b
            out ── ... ── loss       backward: a.grad += da * out.grad
    b ──db──┘                                  b.grad += db * out.grad

Where a value or a slope has no finite number, it is what torch gives in float64: 1 / 0 = inf,
0 ** 0.5 has the slope inf, log 0 = -inf. Only what is no real number is refused.

No operation stores a function: the local derivatives are numbers already when `backward` starts.
Source of the idea: Wengert 1964; Griewank and Walther 2008, chapter 3.
"""

import math
from typing import Any, Union

from .autograd_graph import Graph

Operand = Union["Value", float]


class Value:
    """A number that remembers how it was computed.   loss.backward() fills v.grad = ∂loss/∂v

    data    : float, the number
    label   : name of an input, symbol of the operation for every other value
    parents : the values it was computed from;  local: ∂self/∂parent, one float for each
    grad    : float, sum over all paths; `backward` adds to that of inputs: set to 0 between steps
    Raises TypeError or ValueError where `data` is not a real number
    Source: Wengert 1964. Taught in notebooks/03_backpropagation

    >>> w, x = Value(3.0, "w"), Value(2.0, "x")
    >>> (w * x + w).backward()
    >>> w.grad, x.grad
    (3.0, 3.0)
    """

    # Slots instead of a dictionary: a network makes hundreds of values for every example it sees.
    __slots__ = ("_uses", "data", "grad", "label", "local", "parents")

    __array_ufunc__ = None  # np.float64(2) * value then asks Value how to multiply

    def __init__(
        self,
        data: float,
        label: str = "",
        parents: tuple["Value", ...] = (),
        local: tuple[float, ...] = (),
    ) -> None:
        self.data = data if parents else _number(data, "Value")
        self.grad = 0.0
        self.label = label
        self.parents = parents
        self.local = local
        self._uses = 0  # used by `backward` only

    # -- operations: the value, and its derivative with respect to each operand -------------------

    def __add__(self, other: Operand) -> "Value":
        if isinstance(other, Value):
            return Value(self.data + other.data, "+", (self, other), (1.0, 1.0))
        return Value(self.data + _number(other, "+"), "+", (self,), (1.0,))

    def __mul__(self, other: Operand) -> "Value":
        if isinstance(other, Value):
            return Value(self.data * other.data, "*", (self, other), (other.data, self.data))
        other = _number(other, "*")
        return Value(self.data * other, "*", (self,), (other,))

    def __truediv__(self, other: Operand) -> "Value":
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        quotient = _divide(a, b)
        return Value(quotient, "/", (self, other), (_divide(1.0, b), -_divide(quotient, b)))

    def __pow__(self, other: Operand) -> "Value":
        if isinstance(other, Value):
            return self._to_the(other)
        n = _number(other, "**")
        y = _power(self.data, n)
        slope = n * _power(self.data, n - 1) if n else 0.0
        return Value(y, f"**{n:g}", (self,), (slope,))

    def _to_the(self, exponent: "Value") -> "Value":
        """y = a^b;  dy/da = b a^(b - 1),  dy/db = y ln a, 0 where a = 0 and b >= 0."""
        a, b = self.data, exponent.data
        y = _power(a, b)
        slope = b * _power(a, b - 1) if b else 0.0
        growth = 0.0 if a == 0 and b >= 0 else y * (_log(a) if a >= 0 else math.nan)
        return Value(y, "**", (self, exponent), (slope, growth))

    def __neg__(self) -> "Value":
        return self * -1.0

    def __sub__(self, other: Operand) -> "Value":
        if isinstance(other, Value):
            return Value(self.data - other.data, "-", (self, other), (1.0, -1.0))
        return self + -_number(other, "-")

    def __rsub__(self, other: float) -> "Value":
        return Value(_number(other, "-") - self.data, "-", (self,), (-1.0,))

    def __rtruediv__(self, other: float) -> "Value":
        return Value(other) / self

    def __rpow__(self, other: float) -> "Value":
        return Value(other) ** self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self) -> "Value":
        """y = e^x;  dy/dx = y."""
        y = _exp(self.data)
        return Value(y, "exp", (self,), (y,))

    def log(self) -> "Value":
        """y = ln x;  dy/dx = 1 / x.   ln 0 = -inf; raises ValueError for x < 0."""
        if self.data < 0:
            raise ValueError(f"log needs a positive number, got {self.data}")
        return Value(_log(self.data), "log", (self,), (_divide(1.0, self.data),))

    def tanh(self) -> "Value":
        """y = tanh x;  dy/dx = 1 - y²."""
        y = math.tanh(self.data)
        return Value(y, "tanh", (self,), (1.0 - y * y,))

    def relu(self) -> "Value":
        """y = max(x, 0);  dy/dx = 1 where x > 0, else 0 (at x = 0 too, as in torch)."""
        if self.data <= 0:
            return Value(0.0, "relu", (self,), (0.0,))
        return Value(self.data, "relu", (self,), (1.0,))  # nan stays nan, to be seen

    def sigmoid(self) -> "Value":
        """y = 1 / (1 + e^-x);  dy/dx = y (1 - y)."""
        y = 0.5 * (1.0 + math.tanh(0.5 * self.data))  # the same function, and it never overflows
        if self.data < -20:  # that form has few digits left there, e^x has all
            y = _exp(self.data) / (1.0 + _exp(self.data))
        return Value(y, "sigmoid", (self,), (y * (1.0 - y),))

    # -- the chain rule ---------------------------------------------------------------------------

    def backward(self) -> None:
        """Add ∂self/∂v to v.grad for every value v that self was computed from.

        A value may pass its gradient on only when all of its users have added theirs. So the first
        walk counts the users of every value, and the second one processes a value once its count
        has reached 0. Lists, not recursion: Python allows about 1,000 nested calls, and a loop over
        a long sequence makes far deeper graphs.
        Source: Kahn 1962 (topological order). Taught in notebooks/03_backpropagation

        >>> x = Value(2.0)
        >>> (x * x * x).backward()
        >>> x.grad  # 3 x²
        12.0
        """
        reached = [self]
        try:
            for value in reached:  # the list grows while it is walked
                if value.parents:
                    value.grad = 0.0  # left from an earlier call; inputs keep theirs and add
                for parent in value.parents:
                    if parent._uses == 0:
                        reached.append(parent)
                    parent._uses += 1

            self.grad += 1.0  # ∂self/∂self
            ready = [self]
            while ready:
                value = ready.pop()
                grad = value.grad
                for parent, slope in zip(value.parents, value.local):  # noqa: B905 (strict: +40 %)
                    parent.grad += slope * grad
                    parent._uses -= 1
                    if parent._uses == 0:
                        ready.append(parent)
        except BaseException:  # an interrupt half way must not spoil the counts of the next call
            for value in reached:
                value._uses = 0
            raise

    def graph(self) -> Graph:
        """Everything this value was computed from, as nodes and edges that draw themselves.

        Taught in notebooks/03_backpropagation

        >>> print((Value(3.0, "w") * Value(2.0, "x")).graph())
        w   = 3      grad 0
        x   = 2      grad 0
        v1  = w * x  = 6      grad 0
        """
        return Graph.of(self)

    def __float__(self) -> float:
        return float(self.data)

    def __repr__(self) -> str:
        name = f", {self.label!r}" if self.label else ""
        return f"Value({self.data:g}{name}, grad={self.grad:g})"


def _number(x: Any, operation: str) -> float:
    """`x` as a float; strings, arrays and complex numbers are refused by name."""
    if type(x) is float:
        return x
    if isinstance(x, str | bytes):
        raise TypeError(f"{operation} needs a real number, got the string {x!r}")
    try:
        return float(x)
    except OverflowError as error:
        raise ValueError(f"{operation} needs a number below 1.8e308, got a larger one") from error
    except (TypeError, ValueError) as error:
        raise TypeError(f"{operation} needs a real number, got {type(x).__name__}") from error


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    return math.log(x) if x else -math.inf


def _divide(a: float, b: float) -> float:
    """a / b, and at b = 0 the infinity or nan of floating-point arithmetic."""
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _power(x: float, n: float) -> float:
    """x ** n, infinite where Python would raise.   Raises ValueError where it is no real number."""
    if x < 0 and math.isfinite(n) and n != int(n):
        raise ValueError(f"{x} ** {n} is not a real number")
    try:
        return math.pow(x, n)
    except OverflowError:  # beyond the largest number
        return -math.inf if x < 0 and n % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power
        return math.copysign(math.inf, x) if n % 2 == 1 else math.inf
