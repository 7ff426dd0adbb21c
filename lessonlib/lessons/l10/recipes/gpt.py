"""The longer run of lesson 10's GPT: its weights in half precision, the merges, the loss.

Width 64, four heads, two blocks, 64 tokens of context, 300 merges; 4,000 steps of 16 windows. The
PromptExplorer and the lesson's samples use it.
"""

import numpy as np

from lessonlib import datasets
from lessonlib.lessons.l10.recipes.race import bits, learn
from lessonlib.models import GPT
from lessonlib.text import BytePairEncoding

SEEDS = (0,)
MERGES, LENGTH, STEPS, LR = 300, 64, 4000, 0.005


def make(seeds: tuple[int, ...] = SEEDS, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Weights under "weight:NAME" (float16), merges, loss (a mean of every 20 steps), bits."""
    train, validation = (datasets.prose(part) for part in ("train", "validation"))
    code = BytePairEncoding.train(train, MERGES)
    rng = np.random.default_rng(seeds[0])
    model = GPT(len(code), LENGTH, rng=rng)
    losses = learn(model, code.encode(train), rng, lr=LR, steps=steps, length=LENGTH)
    state = model.state_dict()
    del state["head.weight"]  # the same as wte.weight
    rounded = {name: values.astype(np.float16) for name, values in state.items()}
    model.load_state_dict(rounded, strict=False)
    ids = code.encode(validation)
    return {
        **{f"weight:{name}": values for name, values in rounded.items()},
        "merges": np.array(code.merges, np.int16),
        "loss": np.array(losses, np.float32).reshape(-1, 20).mean(axis=1),
        "bits": np.array(bits(model, ids, LENGTH) * len(ids) / len(validation)),
        "heads": np.array(4),
    }
