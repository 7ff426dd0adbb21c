"""A recurrent network that reads a whole sequence and then answers, of lessons 07 and 08."""

from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.models._recurrent import recurrent_layer


class SequenceReader(nn.Module):
    """Read a sequence, answer after its last step.   y = head(h_L),  h_1 .. h_L = rnn(x)

    kind    : "RNN", "LSTM" or "GRU"
    inputs  : numbers in each step;  hidden: units of the recurrent layer;  outputs: of the answer
    An image (N, H, W) is read row by row: H steps of W pixels
    Raises ValueError for another kind
    Taught in notebooks/08_lstm_gru

    >>> SequenceReader("LSTM", 12, hidden=8, outputs=10)(np.zeros((2, 12, 12), np.float32)).shape
    (2, 10)
    """

    def __init__(
        self,
        kind: str,
        inputs: int,
        hidden: int,
        outputs: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {"rng": rng, "dtype": dtype}
        self.rnn = recurrent_layer(kind, inputs, hidden, **options)
        self.head = nn.Linear(hidden, outputs, **options)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, L, inputs) to y (N, outputs)."""
        states, _ = self.rnn(x)
        self._push(states.shape)
        return self.head(states[:, -1])

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (N, outputs) to dx: only the last state has a gradient from outside."""
        dlast = self.head.backward(dy)
        dstates = np.zeros(self._pop(), dlast.dtype)
        dstates[:, -1] = dlast
        return self.rnn.backward(dstates)[0]
