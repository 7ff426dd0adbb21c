"""The Transformer's encoder layer, put together from the layers of the other files."""

from __future__ import annotations

from typing import Any

import numpy as np

from .activations import GELU, ReLU
from .attention import MultiheadAttention
from .layers import Dropout, Linear
from .module import Module, refuse
from .normalization import LayerNorm

__all__ = ["TransformerEncoderLayer"]


class TransformerEncoderLayer(Module):
    """Self-attention, then a two-layer network at each position; each with residual path and norm.

        norm_first=False:  x = norm1(x + attention(x));    y = norm2(x + mlp(x))     (the paper)
        norm_first=True :  x = x + attention(norm1(x));    y = x + mlp(norm2(x))    (GPT-2, later)
        mlp(x) = linear2(activation(linear1(x)));  dropout after activation, attention and mlp

    self_attn, linear1 (dim_feedforward, d_model), linear2 (d_model, dim_feedforward), norm1, norm2
    activation : "relu" or "gelu";  dropout : drawn from rng, in training only
    Raises NotImplementedError for batch_first=False and for another activation
    Source: Vaswani et al. 2017, section 3.1; Xiong et al. 2020 for norm_first.
    Taught in notebooks/10_transformer

    >>> TransformerEncoderLayer(8, 2, 16)(np.ones((2, 3, 8), np.float32)).shape
    (2, 3, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = True,
        norm_first: bool = False,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        known = isinstance(activation, str) and activation in ("relu", "gelu")
        refuse(
            "TransformerEncoderLayer",
            **{"batch_first=False": not batch_first, f"activation={activation!r}": not known},
        )
        rng = np.random.default_rng() if rng is None else rng
        options = {"rng": rng, "dtype": dtype}
        self.norm_first = norm_first
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, **options)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **options)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **options)
        self.norm1 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1 = Dropout(dropout, rng=rng)
        self.dropout2 = Dropout(dropout, rng=rng)
        self.activation = ReLU() if activation == "relu" else GELU()

    def forward(
        self,
        src: np.ndarray,
        src_mask: np.ndarray | None = None,
        src_key_padding_mask: np.ndarray | None = None,
        is_causal: bool = False,
    ) -> np.ndarray:
        """src (N, L, d_model) to y of the same shape; masks as in `MultiheadAttention`."""
        masks: dict[str, Any] = {"attn_mask": src_mask, "key_padding_mask": src_key_padding_mask}
        masks |= {"is_causal": is_causal, "need_weights": False}
        x = src
        if self.norm_first:
            x = x + self._attention(self.norm1(x), masks)
            return x + self._mlp(self.norm2(x))
        x = self.norm1(x + self._attention(x, masks))
        return self.norm2(x + self._mlp(x))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (N, L, d_model) to dsrc; where paths joined, their gradients are added."""
        if self.norm_first:
            dx = dy + self.norm2.backward(self._mlp_backward(dy))
            return dx + self.norm1.backward(self._attention_backward(dx))
        dy = self.norm2.backward(dy)
        dx = self.norm1.backward(dy + self._mlp_backward(dy))
        return dx + self._attention_backward(dx)

    def _attention(self, x: np.ndarray, masks: dict[str, Any]) -> np.ndarray:
        return self.dropout1(self.self_attn(x, x, x, **masks)[0])

    def _attention_backward(self, dy: np.ndarray) -> np.ndarray:
        dquery, dkey, dvalue = self.self_attn.backward(self.dropout1.backward(dy))
        return dquery + dkey + dvalue  # all three were the same x

    def _mlp(self, x: np.ndarray) -> np.ndarray:
        x = self.dropout(self.activation(self.linear1(x)))  # (N, L, dim_feedforward)
        return self.dropout2(self.linear2(x))

    def _mlp_backward(self, dy: np.ndarray) -> np.ndarray:
        dx = self.linear2.backward(self.dropout2.backward(dy))
        return self.linear1.backward(self.activation.backward(self.dropout.backward(dx)))

    def extra_repr(self) -> str:
        """The order of norm and branch, where it is not the paper's."""
        return "norm_first=True" if self.norm_first else ""
