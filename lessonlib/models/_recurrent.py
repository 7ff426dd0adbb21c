"""The choice of a recurrent layer by its name."""

from typing import Any

from lessonlib import nn

Recurrent = nn.RNN | nn.LSTM | nn.GRU
LAYERS: dict[str, type[Recurrent]] = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def recurrent_layer(kind: str, inputs: int, hidden: int, **options: Any) -> Recurrent:
    """A fresh layer of that kind. Raises ValueError naming the kinds there are."""
    if kind not in LAYERS:
        raise ValueError(f"recurrent layer {kind!r}, wanted one of {', '.join(LAYERS)}")
    return LAYERS[kind](inputs, hidden, **options)
