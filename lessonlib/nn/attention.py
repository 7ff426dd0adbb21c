"""MultiheadAttention as a layer; the mathematics is in `lessonlib.functional.attention`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..functional._types import Projection
from ..functional.attention import check_batched
from .layers import Linear
from .module import Module, Parameter, refuse

__all__ = ["MultiheadAttention"]


def _xavier_uniform(shape: tuple[int, int], rng: np.random.Generator, dtype: Any) -> Parameter:
    bound = math.sqrt(6 / sum(shape))
    return Parameter(rng.uniform(-bound, bound, shape).astype(dtype))


def _added(
    name: str, mask: np.ndarray | None, shapes: dict[tuple, tuple], dtype: Any
) -> np.ndarray | None:
    """What a mask adds to the scores; `shapes` maps a shape it may have to one that broadcasts."""
    if mask is None:
        return None
    if mask.shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        raise ValueError(f"MultiheadAttention: {name} has shape {mask.shape}, wanted {wanted}")
    seen = ~mask if mask.dtype == bool else mask  # torch's True hides here, F's lets through
    return F.additive_mask(seen, dtype).reshape(shapes[mask.shape])


class MultiheadAttention(Module):
    """Attention in `num_heads` subspaces.   y = concat(head_1 .. head_h) W_o^T + b_o

    in_proj_weight (3E, E) holds the projections of query, key and value, one below the other; where
    kdim or vdim differ from embed_dim E: q_proj_weight (E, E), k_proj_weight (E, kdim),
    v_proj_weight (E, vdim). in_proj_bias (3E,); out_proj is a Linear(E, E).
    Start: Glorot uniform, biases 0
    dropout : share of the attention weights set to 0 in training, drawn from rng
    Raises NotImplementedError for batch_first=False, add_bias_kv, add_zero_attn
    Source: Vaswani et al. 2017, section 3.2.2. Taught in notebooks/09_attention

    >>> x = np.ones((2, 3, 8), np.float32)
    >>> y, weights = MultiheadAttention(8, num_heads=2)(x, x, x)
    >>> y.shape, weights.shape
    ((2, 3, 8), (2, 3, 3))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = True,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        options = {"add_bias_kv": add_bias_kv, "add_zero_attn": add_zero_attn}
        refuse("MultiheadAttention", **options, **{"batch_first=False": not batch_first})
        if num_heads < 1 or embed_dim < 1 or embed_dim % num_heads:
            raise ValueError(
                f"MultiheadAttention: embed_dim {embed_dim} is not a multiple of "
                f"num_heads {num_heads}"
            )
        if not 0 <= dropout <= 1:
            raise ValueError(f"MultiheadAttention: dropout={dropout}, wanted a share in 0..1")
        self.rng = np.random.default_rng() if rng is None else rng
        self.embed_dim, self.num_heads, self.dropout = embed_dim, num_heads, dropout
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.in_proj_weight = None
        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = _xavier_uniform((3 * embed_dim, embed_dim), self.rng, dtype)
        else:
            self.q_proj_weight = _xavier_uniform((embed_dim, embed_dim), self.rng, dtype)
            self.k_proj_weight = _xavier_uniform((embed_dim, self.kdim), self.rng, dtype)
            self.v_proj_weight = _xavier_uniform((embed_dim, self.vdim), self.rng, dtype)
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, dtype)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=self.rng, dtype=dtype)
        if self.out_proj.bias is not None:
            self.out_proj.bias.data[:] = 0

    def forward(
        self,
        query: np.ndarray,
        key: np.ndarray,
        value: np.ndarray,
        key_padding_mask: np.ndarray | None = None,
        need_weights: bool = True,
        attn_mask: np.ndarray | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """query (N, L, E), key (N, S, kdim), value (N, S, vdim) to y (N, L, E) and the weights.

        key_padding_mask (N, S), attn_mask (L, S) or (N * heads, L, S): boolean, True is hidden (as
        in torch, the opposite of `scaled_dot_product_attention`), or floats added to the scores.
        is_causal=True hides the future by itself; torch also wants the mask. A query with every key
        hidden gets weights 0 (torch: NaN).
        weights (N, L, S), or (N, heads, L, S) if not averaged, None if not needed; no gradient goes
        back through them.
        Raises ValueError naming the mask that does not fit
        """
        check_batched(query, key, value)
        (y, weights), cache = F.multihead_attention(
            query,
            key,
            value,
            self._projections(),
            self.num_heads,
            attn_mask=self._mask(query, key, key_padding_mask, attn_mask),
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=is_causal,
            rng=self.rng,
        )
        self._push(cache)
        if not need_weights:
            return y, None
        return y, weights.mean(axis=1) if average_attn_weights else weights

    def backward(self, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """dy (N, L, E) to dquery, dkey, dvalue; in self-attention x gets the sum of the three."""
        *dinputs, dprojections = F.multihead_attention_backward(dy, self._pop())
        (*dweights, dout), (*dbiases, dout_bias) = zip(*dprojections, strict=True)
        if self.in_proj_weight is not None:
            self.in_proj_weight.add_grad(np.concatenate(dweights))  # (3E, E)
        else:
            names = ("q_proj_weight", "k_proj_weight", "v_proj_weight")
            self._add_grads(**dict(zip(names, dweights, strict=True)))
        if self.in_proj_bias is not None:
            self.in_proj_bias.add_grad(np.concatenate(dbiases))  # (3E,)
        self.out_proj._add_grads(weight=dout, bias=dout_bias)
        return tuple(dinputs)

    def _projections(self) -> tuple[Projection, ...]:
        """(weight, bias or None) of query, key, value and output."""
        if self.in_proj_weight is not None:
            weights = np.split(self.in_proj_weight.data, 3)  # three views (E, E)
        else:
            names = ("q_proj_weight", "k_proj_weight", "v_proj_weight")
            weights = [getattr(self, name).data for name in names]
        bias, out = self.in_proj_bias, self.out_proj
        biases = [None] * 3 if bias is None else np.split(bias.data, 3)  # three views (E,)
        out_bias = None if out.bias is None else out.bias.data
        return *zip(weights, biases, strict=True), (out.weight.data, out_bias)

    def _mask(
        self,
        query: np.ndarray,
        key: np.ndarray,
        padding: np.ndarray | None,
        attn_mask: np.ndarray | None,
    ) -> np.ndarray | None:
        """Both masks as one, to be added to the scores (N, heads, L, S)."""
        (N, L), S, heads = query.shape[:2], key.shape[1], self.num_heads
        whole = {(L, S): (1, 1, L, S), (N * heads, L, S): (N, heads, L, S)}
        hidden = _added("key_padding_mask", padding, {(N, S): (N, 1, 1, S)}, query.dtype)
        added = _added("attn_mask", attn_mask, whole, query.dtype)
        if hidden is None or added is None:
            return added if hidden is None else hidden
        return hidden + added

    def extra_repr(self) -> str:
        """Sizes, and the options that are not at their default."""
        text = f"{self.embed_dim}, num_heads={self.num_heads}"
        for key in ("kdim", "vdim"):
            if getattr(self, key) != self.embed_dim:
                text += f", {key}={getattr(self, key)}"
        text += f", dropout={self.dropout}" if self.dropout else ""
        return text + ("" if self.in_proj_bias is not None else ", bias=False")
