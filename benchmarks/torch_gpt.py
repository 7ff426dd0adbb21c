"""`lessonlib.models.GPT` in torch, with the same keys in its state dict."""

from typing import Any

import torch

from lessonlib.models.gpt import START


class TorchBlock(torch.nn.Module):
    """Attention, then an MLP, each added to its input."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1 = torch.nn.LayerNorm(width)
        self.attn = torch.nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = torch.nn.LayerNorm(width)
        self.fc = torch.nn.Linear(width, 4 * width)
        self.act = torch.nn.GELU(approximate="tanh")
        self.proj = torch.nn.Linear(4 * width, width)

    def forward(self, x: Any, mask: Any) -> Any:
        """x (N, L, D) and the mask of what a position must not see, (L, L), to y like x."""
        h = self.ln_1(x)
        x = x + self.attn(h, h, h, attn_mask=mask, is_causal=True, need_weights=False)[0]
        return x + self.proj(self.act(self.fc(self.ln_2(x))))


class TorchGPT(torch.nn.Module):
    """Embeddings, blocks, a norm, and a head that shares the token embedding."""

    def __init__(
        self, vocabulary: int, length: int, width: int = 64, heads: int = 4, depth: int = 2
    ) -> None:
        super().__init__()
        self.wte = torch.nn.Embedding(vocabulary, width)
        self.wpe = torch.nn.Embedding(length, width)
        self.blocks = torch.nn.ModuleList([TorchBlock(width, heads) for _ in range(depth)])
        self.ln_f = torch.nn.LayerNorm(width)
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.wte.weight
        mask = torch.nn.Transformer.generate_square_subsequent_mask(length)
        self.register_buffer("mask", mask, persistent=False)
        with torch.no_grad():
            for table in (self.wte, self.wpe):
                table.weight *= START

    def forward(self, ids: Any) -> Any:
        """ids (N, L) to logits (N, L, V)."""
        length = ids.shape[1]
        x = self.wte(ids) + self.wpe(torch.arange(length))
        for block in self.blocks:
            x = block(x, self.mask[:length, :length])
        return self.head(self.ln_f(x))
