"""Exercise 04b.4: the learning rate of a step, with a linear warm-up and half a cosine to 0."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


def rate(step: int, total: int, warmup: int, top: float) -> float:
    """Up a straight line for `warmup` steps, then down half a cosine to 0 at step `total`."""
    if step < warmup:
        return top * (step + 1) / warmup  # the first step already moves, the last one is at the top
    done = (step - warmup) / (total - warmup)  # 0 right after the warm-up, 1 at the end
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(t, 10, 4, 1.0) for t in (0, 1, 3, 4, 7, 9)]
    drawn = [(int(rng.integers(0, 100)), 100, 20, float(rng.uniform(0.01, 1))) for _ in range(6)]
    return [*fixed, (0, 8, 0, 0.5), *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _cosine(done: float, top: float) -> float:
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def _rate_from_zero(step: int, total: int, warmup: int, top: float) -> float:
    return top * step / warmup if step < warmup else rate(step, total, warmup, top)


def _rate_cosine_from_start(step: int, total: int, warmup: int, top: float) -> float:
    return rate(step, total, warmup, top) if step < warmup else _cosine(step / total, top)


def _rate_twice(step: int, total: int, warmup: int, top: float) -> float:
    return rate(step, total, warmup, top) * (1 if step < warmup else 2)


def _rate_whole_wave(step: int, total: int, warmup: int, top: float) -> float:
    done = 2 * (step - warmup) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else _cosine(done, top)


def _rate_line(step: int, total: int, warmup: int, top: float) -> float:
    down = top * (total - step) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else down


def _rate_no_warmup(step: int, total: int, warmup: int, top: float) -> float:
    return _cosine(step / total, top)


EXERCISE = Exercise(
    id="04b.4",
    title="Warm-up and cosine",
    points=3,
    stars=2,
    minutes=12,
    reference=rate,
    cases=_cases,
    forbidden=(
        "lessonlib.optim.lr_scheduler.CosineAnnealingLR",
        "torch.optim.lr_scheduler.CosineAnnealingLR",
    ),
    hints=(
        "Steps count from 0. Before `warmup` the rate is top * (step + 1) / warmup.",
        "After it, let done go from 0 (at step = warmup) to 1 (at step = total).",
        "(1 + cos(pi * done)) / 2 falls from 1 to 0.",
    ),
    mistakes=(
        Mistake(
            "starts at 0",
            _rate_from_zero,
            "The first step has the rate 0, so it is lost. Use (step + 1) / warmup: "
            "the last step of the warm-up then reaches the top.",
        ),
        Mistake(
            "cosine from the first step",
            _rate_cosine_from_start,
            "The cosine runs from step 0, so the rate jumps down where the warm-up ends. It "
            "begins there: (step - warmup) / (total - warmup).",
        ),
        Mistake(
            "no warm-up",
            _rate_no_warmup,
            "This is the cosine alone, from the top at the first step.",
        ),
        Mistake(
            "not halved",
            _rate_twice,
            "1 + cos goes from 2 to 0, so after the warm-up the rate is twice as high. Divide "
            "by 2.",
        ),
        Mistake(
            "a whole wave",
            _rate_whole_wave,
            "The rate falls to 0 halfway and rises again. Half a wave is wanted: cos(pi * done).",
        ),
        Mistake(
            "a straight line down",
            _rate_line,
            "After the warm-up the rate falls along a straight line. A cosine stays high at "
            "first and comes in gently.",
        ),
    ),
)
