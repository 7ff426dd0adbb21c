"""One memory cell on a stream of numbers, its gates set by hand or by a trained LSTM."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from lessonlib import functional as F
from lessonlib.datasets import adding
from lessonlib.trained import trained

GATES = ("input", "forget", "output")
MODES = ("by hand", "trained")
BY_HAND, KEEP = 16, 10  # steps of the stream; steps between the mark and "?"
TRAINED = 50
CLOSE = 0.05  # how near an output has to be to what is wanted
NEAR = 1e-6
ROWS = ("input gate", "forget gate", "output gate", "g", "memory", "output")


class Stream(NamedTuple):
    """What a cell reads, one number a step, and what it has to give back."""

    numbers: np.ndarray
    marked: tuple[int | np.integer, ...]  # steps whose number counts
    asked: int  # the step at "?"; the last one where the numbers are to be added
    wanted: np.ndarray  # the output wanted in each step; empty where the answer is a sum


def stream_by_hand(rng: np.random.Generator) -> Stream:
    """Sixteen numbers, one of them marked: its tanh is wanted at "?", 0 in every other step."""
    numbers = np.round(rng.choice([-1, 1], BY_HAND) * rng.uniform(0.3, 1, BY_HAND), 1)
    first = int(rng.integers(1, 4))
    asked = first + KEEP + 1
    wanted = np.zeros(BY_HAND)
    wanted[asked] = np.tanh(numbers[first])
    return Stream(numbers, (first,), asked, wanted)


def stream_to_add(rng: np.random.Generator) -> Stream:
    """Fifty numbers of the adding problem, two of them marked."""
    X, _ = adding(1, TRAINED, rng)
    marked = tuple(np.flatnonzero(X[0, :, 1]))
    return Stream(X[0, :, 0].astype(float), marked, TRAINED - 1, np.zeros(0))


class MemoryCell:
    """A memory cell and its gates.   c = f * c + i * g;   h = o * tanh(c)

    seed, mode : draw the stream; "by hand": g is its number and the learner sets the gates,
                 "trained": one cell of the stored LSTM of `trained("08.adding")`
    past       : (6, length), a row for each name in ROWS;  steps : how many of its columns are done
    Raises ValueError naming the mode or the gate and what can be chosen
    Taught in notebooks/08_lstm_gru

    >>> cell = MemoryCell(seed=0)
    >>> cell.set_gate("input", 1)
    >>> cell.step()
    >>> bool(cell.memory[0] == cell.stream.numbers[0])
    True
    """

    def __init__(self, seed: int = 0, mode: str = "by hand") -> None:
        self.seed = seed
        self.choose(mode)

    # What the learner changes -------------------------------------------------------------------

    def choose(self, mode: str) -> None:
        """Set the gates by hand, or watch a trained cell; from the first step on."""
        if mode not in MODES:
            raise ValueError(f"MemoryCellExplorer: mode {mode!r}, wanted {' or '.join(MODES)}")
        self.mode = mode
        self._begin()

    def set_gate(self, name: str, value: float) -> None:
        """Open a gate (1), shut it (0), or anything between, for the next step."""
        if name not in GATES:
            raise ValueError(f"set_gate: {name!r}, wanted one of {', '.join(GATES)}")
        if not 0 <= value <= 1:
            raise ValueError(f"set_gate: {value}, wanted a number from 0 to 1")
        self.gates[name] = float(value)

    # The run ------------------------------------------------------------------------------------

    @property
    def by_hand(self) -> bool:
        """Whether the learner sets the gates."""
        return self.mode == "by hand"

    def _begin(self) -> None:
        """A stream from the seed, shut gates and an empty memory."""
        rng = np.random.default_rng(self.seed)
        self.gates = dict.fromkeys(GATES, 0.0)
        self.stream = stream_by_hand(rng) if self.by_hand else stream_to_add(rng)
        self.trained = None if self.by_hand else TrainedCell()
        self.steps, self.answer = 0, 0.0
        self.past = np.zeros((len(ROWS), self.length))

    def step(self) -> None:
        """Read the next number of the stream."""
        t = self.steps
        number = self.stream.numbers[t]
        if self.trained is None:
            i, f, o = (self.gates[name] for name in GATES)
            c = f * (self.memory[t - 1] if t else 0.0) + i * number
            self.past[:, t] = i, f, o, number, c, o * np.tanh(c)
        else:
            self.past[:, t], self.answer = self.trained.step(number, t in self.stream.marked)
        self.steps += 1

    def reset(self) -> None:
        """Back to the first step, with the gates as they are; from there, to the next stream."""
        if self.steps == 0:
            self.seed += 1
        gates = self.gates
        self._begin()
        if self.by_hand:
            self.gates = gates

    @property
    def finished(self) -> bool:
        """Whether the stream is at its end."""
        return self.steps >= self.length

    # The numbers --------------------------------------------------------------------------------

    @property
    def length(self) -> int:
        """Steps of the stream."""
        return len(self.stream.numbers)

    @property
    def memory(self) -> np.ndarray:
        """The memory c after each step."""
        return self.past[ROWS.index("memory")]

    @property
    def output(self) -> np.ndarray:
        """The output h of each step."""
        return self.past[ROWS.index("output")]

    @property
    def right(self) -> int:
        """Steps so far whose output was near what was wanted; 0 of a trained cell."""
        if not self.by_hand:
            return 0
        return int(np.sum(abs(self.output - self.stream.wanted)[: self.steps] <= CLOSE + NEAR))

    @property
    def state(self) -> dict[str, Any]:
        """Mode, steps done, the stream, gates of the next step, and what has happened so far."""
        done = self.past[:, : self.steps].copy()
        return {
            "mode": self.mode,
            "steps": self.steps,
            "numbers": self.stream.numbers.copy(),
            "marked": self.stream.marked,
            "gates": dict(self.gates),
            "right": self.right,
        } | dict(zip(ROWS, done, strict=True))


class StoredLstm(NamedTuple):
    """Weights of the LSTM that adds, and which of its cells is shown."""

    weights: tuple[np.ndarray, ...]  # weight_ih, weight_hh, bias_ih, bias_hh
    head: tuple[np.ndarray, np.ndarray]  # weight (1, H), bias (1,) of the answer
    cell: int  # the one that holds the first marked number best


@cache
def stored_lstm() -> StoredLstm:
    """The LSTM of `trained("08.adding")`.

    >>> stored_lstm().head[0].shape
    (1, 32)
    """
    stored = trained("08.adding")
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = tuple(stored[f"lstm.rnn.{name}"] for name in names)
    X, _ = adding(300, TRAINED, np.random.default_rng(0))
    half = X[:, : TRAINED // 2]  # by then the first mark has passed and the second has not
    first = (half[:, :, 0] * half[:, :, 1]).sum(axis=1)
    (_, _, c), _ = F.lstm(half, None, None, *weights)
    holds = [abs(np.corrcoef(c[:, k], first)[0, 1]) for k in range(c.shape[1])]
    head = stored["lstm.head.weight"], stored["lstm.head.bias"]
    return StoredLstm(weights, head, int(np.argmax(holds)))


class TrainedCell:
    """The stored LSTM, run step by step from an empty state; one of its cells is shown."""

    def __init__(self) -> None:
        self._lstm = stored_lstm()
        self._h = np.zeros((1, self._lstm.head[0].shape[1]), np.float32)
        self._c = np.zeros_like(self._h)

    def step(self, number: float, mark: bool) -> tuple[tuple[float, ...], float]:
        """Input, forget, output gate, g, memory and output of the cell; the network's answer."""
        x = np.array([[[number, float(mark)]]], np.float32)
        (_, self._h, self._c), cache = F.lstm(x, self._h, self._c, *self._lstm.weights)
        cell, (weight, bias) = self._lstm.cell, self._lstm.head
        i, f, g, o = cache[3][0, :, 0, cell]
        shown = i, f, o, g, self._c[0, cell], self._h[0, cell]
        return tuple(map(float, shown)), float((weight @ self._h[0] + bias)[0])
