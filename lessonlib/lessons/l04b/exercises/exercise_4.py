"""Exercise 04b.4: the learning rate of a step, with a linear warm-up and half a cosine to 0."""

from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def rate(step: int, total: int, warmup: int, top: float) -> float:
    """Up a straight line for `warmup` steps, then down half a cosine to 0 at step `total`."""
    if step < warmup:
        return top * (step + 1) / warmup  # the first step already moves, the last one is at the top
    done = (step - warmup) / (total - warmup)  # 0 right after the warm-up, 1 at the end
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def _cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [(t, 10, 4, 0.5) for t in (0, 1, 3, 4, 7, 9)]
    none = [(0, 8, 0, 0.5), (5, 8, 0, 0.5)]
    drawn = [(int(rng.integers(0, 100)), 100, 20, float(rng.uniform(0.01, 1))) for _ in range(4)]
    return [_labelled(*case) for case in (*fixed, *none, (0, 5, 1, 2.0), *drawn)]


def _labelled(step: int, total: int, warmup: int, top: float) -> Case:
    about = "during the warm-up" if step < warmup else "after the warm-up"
    if warmup == 0:
        about = "where there is no warm-up"
    elif step == 0:
        about = "at step 0"
    elif step in (warmup - 1, warmup):
        about = (
            f"at step {'`warmup` - 1, the last' if step < warmup else '`warmup`, the first'} of "
        )
        about += "the warm-up" if step < warmup else "the cosine"
    return Case(about, step, total, warmup, top)


# ---- what every right answer has -----------------------------------------------------------------


def _is_in_range(got: Any, step: int, total: int, warmup: int, top: float) -> bool:
    return bool(-1e-6 <= float(got) <= top * (1 + 1e-5) + 1e-6)


def _double_top(step: int, total: int, warmup: int, top: float) -> tuple:
    return step, total, warmup, 2 * top


def _grows_with_top(got: Any, double: Any, *arguments: Any) -> bool:
    return bool(np.isclose(float(double), 2 * float(got), rtol=1e-4, atol=1e-6))


def _same_place_after(step: int, total: int, warmup: int, top: float) -> tuple:
    """The same point of the cosine with a warm-up that is three steps longer."""
    longer = 3 if warmup > 0 else 0
    return (step + 3 * (step >= warmup) if longer else step), total + longer, warmup + longer, top


def _only_counts_the_rest(
    got: Any, later: Any, step: int, total: int, warmup: int, top: float
) -> bool:
    return step < warmup or bool(np.isclose(float(later), float(got), rtol=1e-4, atol=1e-6))


def _first_step(step: int, total: int, warmup: int, top: float) -> tuple:
    return (0 if step < warmup else step), total, warmup, top


def _rises_evenly(got: Any, first: Any, step: int, total: int, warmup: int, top: float) -> bool:
    wanted = (step + 1) * float(first) if float(first) else np.inf
    return step >= warmup or bool(np.isclose(float(got), wanted, rtol=1e-4, atol=1e-6))


def _mirrored(step: int, total: int, warmup: int, top: float) -> tuple:
    """The point of the cosine that is as far from its end as this one is from its beginning."""
    return (warmup + total - step if step > warmup else step), total, warmup, top


def _is_half_a_cosine(got: Any, other: Any, step: int, total: int, warmup: int, top: float) -> bool:
    both = float(got) + float(other)
    return step <= warmup or bool(np.isclose(both, top, rtol=1e-4, atol=1e-6))


# ---- what people write instead -------------------------------------------------------------------


def _cosine(done: float, top: float) -> float:
    return float(top * (1 + np.cos(np.pi * done)) / 2)


def _rate_from_zero(step: int, total: int, warmup: int, top: float) -> float:
    return top * step / warmup if step < warmup else rate(step, total, warmup, top)


def _rate_line_too_long(step: int, total: int, warmup: int, top: float) -> float:
    if step == warmup > 0:
        return top * (step + 1) / warmup
    return rate(step, total, warmup, top)


def _rate_one_early(step: int, total: int, warmup: int, top: float) -> float:
    done = (step - warmup) / (total - 1 - warmup)
    return rate(step, total, warmup, top) if step < warmup else _cosine(done, top)


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


def _rate_product(step: int, total: int, warmup: int, top: float) -> float:
    rise = min(1.0, (step + 1) / warmup) if warmup else 1.0
    return rise * _cosine(step / total, top)


def _rate_smaller(step: int, total: int, warmup: int, top: float) -> float:
    line = top * (step + 1) / warmup if warmup else np.inf
    return min(line, _cosine((step - warmup) / (total - warmup), top))


def _rate_degrees(step: int, total: int, warmup: int, top: float) -> float:
    done = 180 / np.pi * (step - warmup) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else _cosine(done, top)


def _rate_cut(step: int, total: int, warmup: int, top: float) -> float:
    return top * ((step + 1) // warmup) if step < warmup else rate(step, total, warmup, top)


def _rate_quarter(step: int, total: int, warmup: int, top: float) -> float:
    done = (step - warmup) / (total - warmup)
    return rate(step, total, warmup, top) if step < warmup else top * np.cos(np.pi / 2 * done)


def _rate_no_warmup(step: int, total: int, warmup: int, top: float) -> float:
    return _cosine(step / total, top)


EXERCISE = Exercise(
    id="04b.4",
    title="Warm-up and cosine",
    points=2,
    stars=2,
    minutes=12,
    reference=rate,
    cases=_cases,
    parts={
        "step + 1": "the number of steps up to this one",
        "top * (step + 1)": "the number of steps times `top`",
        "top * (step + 1) / warmup": "the straight line",
        "step < warmup": "whether the warm-up is still going on",
        "step - warmup": "the steps since the warm-up",
        "total - warmup": "the length of the cosine",
        "(step - warmup) / (total - warmup)": "how much of the cosine is done",
        "done": "how much of the cosine is done",
        "np.pi * done": "the angle",
        "np.pi": "pi",
        "np.cos(np.pi * done)": "the cosine",
        "1 + np.cos(np.pi * done)": "1 plus the cosine",
        "top * (1 + np.cos(np.pi * done))": "the cosine times `top`",
        "top * (1 + np.cos(np.pi * done)) / 2": "the cosine part",
    },
    forbidden=(
        "lessonlib.optim.lr_scheduler.CosineAnnealingLR",
        "torch.optim.lr_scheduler.CosineAnnealingLR",
    ),
    hints=(
        "Steps count from 0. Before `warmup` the learning rate is top * (step + 1) / warmup.",
        "After it, let done go from 0 (at step = warmup) to 1 (at step = total).",
        "(1 + cos(pi * done)) / 2 falls from 1 to 0.",
    ),
    properties=(
        Property(
            "between 0 and top",
            _is_in_range,
            "A learning rate comes out below 0 or above `top`.",
        ),
        Property(
            "in step with top",
            _grows_with_top,
            "With `top` twice as large, every learning rate has to be twice as large.",
            also=_double_top,
        ),
        Property(
            "the line rises evenly",
            _rises_evenly,
            "During the warm-up the learning rate has to rise by the same amount at each step, the "
            "first one included.",
            also=_first_step,
        ),
        Property(
            "half a cosine",
            _is_half_a_cosine,
            "After the warm-up `top` / 2 has to come exactly in the middle between the steps `warmup` "
            "and `total`, and two steps at equal distances from the middle have to add up to `top`. "
            "Yours do not.",
            also=_mirrored,
        ),
        Property(
            "the cosine begins after the warm-up",
            _only_counts_the_rest,
            "The same number of steps after the warm-up, and before the end, has to give the same "
            "learning rate, however long the warm-up was. Yours differs.",
            also=_same_place_after,
        ),
    ),
    mistakes=(
        Mistake(
            "starts at 0",
            _rate_from_zero,
            "The first step has the learning rate 0, so it is lost. Use (step + 1) / warmup: "
            "the last step of the warm-up then reaches the top.",
        ),
        Mistake(
            "cosine from the first step",
            _rate_cosine_from_start,
            "The cosine runs from step 0, so the learning rate jumps down where the warm-up ends. "
            "It begins there: (step - warmup) / (total - warmup).",
        ),
        Mistake(
            "the line is one step too long",
            _rate_line_too_long,
            "Step `warmup` is still on the straight line and gets more than `top`. It is the first "
            "step of the cosine: the line ends one step before.",
        ),
        Mistake(
            "the line ends below top",
            lambda step, total, warmup, top: (
                top * (step + 1) / (warmup + 1) if step < warmup else rate(step, total, warmup, top)
            ),
            "The last step of the warm-up is still below `top`: the line is divided into one step "
            "too many.",
        ),
        Mistake(
            "the cosine ends one step early",
            _rate_one_early,
            "The cosine reaches 0 at the last step, total - 1, which is then lost. It has to reach "
            "0 one step later, at step `total`.",
        ),
        Mistake(
            "no warm-up",
            _rate_no_warmup,
            "This is the cosine alone, from the top at the first step.",
        ),
        Mistake(
            "not halved",
            _rate_twice,
            "1 + cos goes from 2 to 0, so after the warm-up the learning rate is twice as high. "
            "Divide by 2.",
        ),
        Mistake(
            "the product of both",
            _rate_product,
            "The line and a cosine over all steps are multiplied here. They follow each other: the "
            "line alone, and from step `warmup` the cosine alone.",
        ),
        Mistake(
            "the smaller of both",
            _rate_smaller,
            "The smaller of line and cosine comes back here. Before step `warmup` the line alone "
            "counts, also where the cosine, drawn on to the left, is below it.",
        ),
        Mistake(
            "degrees",
            _rate_degrees,
            "np.cos takes radians. Half a turn is pi there; here it is 180.",
        ),
        Mistake(
            "a fraction that is cut",
            _rate_cut,
            "During the warm-up the fraction (step + 1) / warmup is cut down to 0 or 1. Does // take "
            "the place of / ?",
        ),
        Mistake(
            "a quarter of a cosine",
            _rate_quarter,
            "After the warm-up this is a quarter of a cosine, from 1 to 0. Half of one is wanted, from "
            "1 to -1, lifted and halved, so that it also ends gently.",
        ),
        Mistake(
            "a whole wave",
            _rate_whole_wave,
            "The learning rate falls to 0 halfway and then rises. Half a wave is wanted: "
            "cos(pi * done).",
        ),
        Mistake(
            "a straight line down",
            _rate_line,
            "After the warm-up the learning rate falls along a straight line. A cosine stays high at "
            "first and comes in gently.",
        ),
    ),
)
