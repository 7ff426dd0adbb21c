"""The GPT of lesson 10 out of the library's layers, for stored results, explorers, lesson 10b."""

from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.text.bpe import BytePairEncoding
from lessonlib.trained import trained

START = 0.08  # deviation of fresh embeddings: logits start near 0, the loss near log V


class Block(nn.Module):
    """Attention, then an MLP, each added to its input.

        x = x + attn(ln_1(x));   y = x + proj(gelu(fc(ln_2(x))))

    width : D, features of x (N, L, D);  heads : divides D;  the MLP has 4 D units
    Position l sees positions <= l only. `weights` keeps the last attention (N, heads, L, L)
    Source: Radford et al. 2019, section 2.3. Taught in notebooks/10_transformer

    >>> Block(8, 2)(np.zeros((1, 3, 8), np.float32)).shape
    (1, 3, 8)
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        options: dict[str, Any] = {"rng": rng, "dtype": dtype}
        self.ln_1 = nn.LayerNorm(width, dtype=dtype)
        self.attn = nn.MultiheadAttention(width, heads, **options)
        self.ln_2 = nn.LayerNorm(width, dtype=dtype)
        self.fc = nn.Linear(width, 4 * width, **options)
        self.act = nn.GELU(approximate="tanh")
        self.proj = nn.Linear(4 * width, width, **options)
        self.weights: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x (N, L, D) to y of the same shape."""
        h = self.ln_1(x)
        h, self.weights = self.attn(h, h, h, is_causal=True, average_attn_weights=False)
        x = x + h
        return x + self.proj(self.act(self.fc(self.ln_2(x))))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (N, L, D) to dx: each gradient goes on by the residual path and through the branch."""
        dx = dy + self.ln_2.backward(self.fc.backward(self.act.backward(self.proj.backward(dy))))
        dquery, dkey, dvalue = self.attn.backward(dx)
        return dx + self.ln_1.backward(dquery + dkey + dvalue)


class GPT(nn.Module):
    """A decoder-only Transformer: ids in, logits of the next token at every position out.

        x = wte[ids] + wpe[0 .. L - 1];   x = block(x), `depth` times;   logits = ln_f(x) wte^T

    vocabulary : V;  length : longest L;  width : D;  heads : divides D;  depth : blocks
    Start: embeddings normal with deviation 0.08, matrices as torch's; `head` shares wte's weight
    Raises ValueError for ids that are not (N, L) or longer than `length`
    Source: Radford et al. 2018; 2019, section 2.3. Taught in notebooks/10_transformer

    >>> GPT(50, length=8, width=16, heads=2)(np.array([[3, 1, 4]])).shape
    (1, 3, 50)
    """

    def __init__(
        self,
        vocabulary: int,
        length: int,
        width: int = 64,
        heads: int = 4,
        depth: int = 2,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        rng = np.random.default_rng() if rng is None else rng
        options: dict[str, Any] = {"rng": rng, "dtype": dtype}
        self.length = length
        self.wte = nn.Embedding(vocabulary, width, **options)
        self.wpe = nn.Embedding(length, width, **options)
        self.blocks = nn.ModuleList([Block(width, heads, **options) for _ in range(depth)])
        self.ln_f = nn.LayerNorm(width, dtype=dtype)
        self.head = nn.Linear(width, vocabulary, bias=False, **options)
        self.head.weight = self.wte.weight
        for table in (self.wte, self.wpe):
            table.weight.data *= START

    def forward(self, ids: np.ndarray) -> np.ndarray:
        """ids (N, L) to logits (N, L, V)."""
        longest = self.length
        if ids.ndim != 2 or ids.shape[1] > longest:
            raise ValueError(f"GPT: ids of shape {ids.shape}, wanted (N, at most {longest})")
        x = self.wte(ids) + self.wpe(np.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.ln_f(x))

    def backward(self, dlogits: np.ndarray) -> None:
        """Add into every gradient; ids have none, so nothing is returned."""
        dx = self.ln_f.backward(self.head.backward(dlogits))
        for block in reversed(list(self.blocks)):
            dx = block.backward(dx)
        self.wpe.backward(dx.sum(axis=0))  # one row of positions serves the whole batch
        self.wte.backward(dx)

    def attention(self) -> np.ndarray:
        """The weights of the last forward pass, (depth, N, heads, L, L): row asks, column answers.

        Raises RuntimeError before the first forward pass
        """
        found = [block.weights for block in self.blocks if block.weights is not None]
        if not found:
            raise RuntimeError("GPT.attention: no forward pass yet")
        return np.stack(found)


def trained_gpt(name: str = "10.gpt") -> tuple[GPT, BytePairEncoding]:
    """A GPT of `lessonlib make` with its tokens, in evaluation mode.

    Raises KeyError for a name that is not stored
    Made by lessonlib/lessons/l10/recipes/gpt.py. Taught in notebooks/10_transformer

    >>> model, code = trained_gpt()
    >>> len(code), model.length
    (556, 64)
    """
    stored = trained(name)
    start = "weight:"
    state = {key[len(start) :]: stored[key] for key in stored.arrays if key.startswith(start)}
    state["head.weight"] = state["wte.weight"]
    (size, width), depth = state["wte.weight"].shape, sum(k.endswith("fc.bias") for k in state)
    model = GPT(size, len(state["wpe.weight"]), width, int(stored["heads"]), depth)
    model.load_state_dict(state)
    return model.eval(), BytePairEncoding(stored["merges"])
