"""Exercise 01.7: the capstone, one averaged perceptron for each class, from a stream."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.exercises.show import show


def averaged_reader(
    examples: Iterable[tuple[np.ndarray, int]], inputs: int, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Train one averaged perceptron for each class, on examples that come by only once."""
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    missed_W, missed_b = np.zeros((classes, inputs)), np.zeros(classes)
    visits = 0
    for x, label in examples:
        for c in range(classes):
            sign = 1 if c == label else -1  # each unit asks "my class or not?"
            if sign * (W[c] @ x + b[c]) <= 0:
                W[c] += sign * x
                b[c] += sign
                missed_W[c] += visits * sign * x  # the lines before this step lack it
                missed_b[c] += visits * sign
        visits += 1
    return W - missed_W / visits, b - missed_b / visits


def _use(answer: Any, X: np.ndarray, labels: np.ndarray, classes: int) -> Any:
    """The examples come one by one, and only once: the iterator has no length."""
    return answer(iter(list(zip(X, labels, strict=True))), X.shape[1], classes)


def _called(X: np.ndarray, labels: np.ndarray, classes: int) -> str:
    pairs = f"zip({show(X, 70)}, {show(labels, 50)})"
    return f"averaged_reader({pairs}, {X.shape[1]}, {classes})"


def _cases(rng: np.random.Generator) -> list[tuple]:
    single = Case("with a single example", np.array([[2.0, 0.5]]), np.array([1]), 3)
    small = (np.array([[2.0, 1.0], [-1.0, 1.0], [1.0, 3.0]]), np.array([0, 1, 1]), 2)
    still = Case(
        "where the last examples change nothing",
        np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0], [0.0, 3.0], [2.0, 0.0]]),
        np.array([0, 1, 0, 1, 0]),
        2,
    )
    absent = Case(
        "where one class never comes",
        np.array([[1.0, 2.0], [-2.0, 1.0], [2.0, 0.0], [-1.0, 1.0]]),
        np.array([0, 2, 2, 0]),
        3,
    )
    drawn = [
        (rng.integers(-3, 4, (n, d)).astype(float), rng.integers(0, c, n), c)
        for n, d, c in ((8, 2, 3), (25, 4, 4), (40, 3, 2))
    ]
    return [single, small, still, absent, *drawn]


# ---- what every right answer has -----------------------------------------------------------------


def _steps_from_zero(found: Any, first: Any, X: np.ndarray, labels: np.ndarray, k: int) -> bool:
    signs = np.where(np.arange(k) == labels[0], 1, -1)
    return bool(np.allclose(first[0], np.outer(signs, X[0])) and np.allclose(first[1], signs))


def _whole_sums(found: Any, X: np.ndarray, labels: np.ndarray, classes: int) -> bool:
    """Whether the mean of every bias is a whole number divided by the number of examples."""
    total = np.asarray(found[1], dtype=float) * len(X)
    return bool(np.all(np.abs(total - np.round(total)) < 1e-6))


def _swapped(X: np.ndarray, labels: np.ndarray, classes: int) -> tuple:
    return X, classes - 1 - labels, classes


def _follows(found: Any, other: Any, *case: Any) -> bool:
    return all(np.allclose(a, np.asarray(b)[::-1]) for a, b in zip(found, other, strict=True))


def _one_more_class(X: np.ndarray, labels: np.ndarray, classes: int) -> tuple:
    return X, labels, classes + 1


def _first_rows_stay(found: Any, other: Any, *case: Any) -> bool:
    k = len(np.asarray(found[1]))
    return all(np.allclose(a, np.asarray(b)[:k]) for a, b in zip(found, other, strict=True))


# ---- what people write instead -------------------------------------------------------------------

Moved = Callable[[np.ndarray, int], np.ndarray]  # scores and label to the sign of each unit's step


def _wrong_units(scores: np.ndarray, label: int) -> np.ndarray:
    signs = np.where(np.arange(len(scores)) == label, 1, -1)
    return np.where(signs * scores <= 0, signs, 0)


def _lines(
    examples: Iterable, inputs: int, classes: int, moved: Moved = _wrong_units
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The lines before the first visit and after each, and the sign of each unit's step."""
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    yield W, b, np.zeros(classes)
    for x, label in examples:
        step = moved(W @ x + b, label)
        W, b = W + np.outer(step, x), b + step
        yield W, b, step


def _mean_with(moved: Moved) -> Callable:
    """The mean over all visits, where other units move than those that are wrong."""

    def answer(examples: Iterable, inputs: int, classes: int) -> tuple:
        lines = list(_lines(examples, inputs, classes, moved))[1:]
        return sum(W for W, _, _ in lines) / len(lines), sum(b for _, b, _ in lines) / len(lines)

    return answer


def _mean_over(first: int, last: int | None, more: int = 0) -> Callable:
    """The mean over a stretch of the lines, the divisor larger by `more`."""

    def answer(examples: Iterable, inputs: int, classes: int) -> tuple:
        lines = list(_lines(examples, inputs, classes))[first:last]
        count = len(lines) + more
        return sum(W for W, _, _ in lines) / count, sum(b for _, b, _ in lines) / count

    return answer


def _late(weigh: Callable[[np.ndarray, np.ndarray, int], Any], bias_too: bool = True) -> Callable:
    """weigh(last line, sum of late steps, visits), for the weights and for the biases."""

    def answer(examples: Iterable, inputs: int, classes: int) -> tuple:
        lines = list(_lines(examples, inputs, classes))
        late = [sum(t * (b[k] - a[k]) for t, (a, b) in enumerate(pairwise(lines))) for k in (0, 1)]
        W, b, _ = lines[-1]
        T = len(lines) - 1
        return weigh(W, late[0], T), weigh(b, late[1], T) if bias_too else b

    return answer


def _only_the_label(scores: np.ndarray, label: int) -> np.ndarray:
    return np.where(np.arange(len(scores)) == label, _wrong_units(scores, label), 0)


def _highest_rival(scores: np.ndarray, label: int) -> np.ndarray:
    step, found = np.zeros(len(scores)), int(np.argmax(scores))
    if found != label:
        step[label], step[found] = 1, -1
    return step


def _when_the_answer_is_wrong(scores: np.ndarray, label: int) -> np.ndarray:
    signs = np.where(np.arange(len(scores)) == label, 1, -1)
    return signs if int(np.argmax(scores)) != label else 0 * signs


def _all_when_one_is_wrong(scores: np.ndarray, label: int) -> np.ndarray:
    signs = np.where(np.arange(len(scores)) == label, 1, -1)
    return signs if np.any(signs * scores <= 0) else 0 * signs


def _strict(scores: np.ndarray, label: int) -> np.ndarray:
    signs = np.where(np.arange(len(scores)) == label, 1, -1)
    return np.where(signs * scores < 0, signs, 0)


def _compared(scores: np.ndarray, label: int) -> np.ndarray:
    signs = np.where(np.arange(len(scores)) == label, 1, -1)
    return np.where(signs != np.where(scores > 0, 1, -1), signs, 0)


def _always(scores: np.ndarray, label: int) -> np.ndarray:
    return np.where(np.arange(len(scores)) == label, 1, -1)


def _after_steps_only(examples: Iterable, inputs: int, classes: int) -> tuple:
    lines = list(_lines(examples, inputs, classes))[1:]
    steps = np.array([step != 0 for _, _, step in lines])
    count = np.maximum(steps.sum(axis=0), 1)
    W = np.einsum("tc,tcd->cd", steps, np.array([W for W, _, _ in lines])) / count[:, None]
    return W, np.einsum("tc,tc->c", steps, np.array([b for _, b, _ in lines])) / count


def _clock_for_each_unit(examples: Iterable, inputs: int, classes: int) -> tuple:
    """The counter runs once for each unit and example."""
    lines = list(_lines(examples, inputs, classes))
    late_W, late_b, unit = np.zeros((classes, inputs)), np.zeros(classes), np.arange(classes)
    for t, (old, new) in enumerate(pairwise(lines)):
        late_W += (classes * t + unit)[:, None] * (new[0] - old[0])
        late_b += (classes * t + unit) * (new[1] - old[1])
    count = classes * (len(lines) - 1)
    return lines[-1][0] - late_W / count, lines[-1][1] - late_b / count


def _sum_after_steps(examples: Iterable, inputs: int, classes: int) -> tuple:
    lines = list(_lines(examples, inputs, classes))[1:]
    W = sum((step != 0)[:, None] * W for W, _, step in lines)
    return W / len(lines), sum((step != 0) * b for _, b, step in lines) / len(lines)


def _sum_inside(examples: Iterable, inputs: int, classes: int) -> tuple:
    """All rows are added after each unit's visit, so the later units' rows lack their step."""
    lines = list(_lines(examples, inputs, classes))
    early = np.arange(classes)  # visits of other units before a unit's own
    W = sum(classes * b[0] - early[:, None] * (b[0] - a[0]) for a, b in pairwise(lines))
    b = sum(classes * b[1] - early * (b[1] - a[1]) for a, b in pairwise(lines))
    return W / (len(lines) - 1), b / (len(lines) - 1)


def _no_bias_in_the_score(examples: Iterable, inputs: int, classes: int) -> tuple:
    W, b, count = np.zeros((classes, inputs)), np.zeros(classes), 0
    total = np.zeros((classes, inputs))
    for x, label in examples:
        step = _wrong_units(W @ x, label)
        W, b = W + np.outer(step, x), b + step
        total, count = total + W, count + 1
    return total / count, b


def _scored_by_means(examples: Iterable, inputs: int, classes: int) -> tuple:
    """Every step is weighted by the share of the lines that have it, before it is used."""
    pairs = list(examples)
    W, b = np.zeros((classes, inputs)), np.zeros(classes)
    for t, (x, label) in enumerate(pairs):
        step = (1 - t / len(pairs)) * _wrong_units(W @ x + b, label)
        W, b = W + np.outer(step, x), b + step
    return W, b


EXERCISE = Exercise(
    id="01.7",
    title="Capstone: ten averaged perceptrons in a single pass",
    points=5,
    stars=3,
    minutes=45,
    reference=averaged_reader,
    cases=_cases,
    use=_use,
    called=_called,
    values=(("the weights", "the biases"),),
    forbidden=("lessonlib.perceptron.fit", "lessonlib.perceptron.fit_one_vs_rest"),
    hints=(
        "First without averaging: W of zeros with one row a class, b of zeros. For each example "
        "and each class c the sign is +1 if c is the label and -1 otherwise; the unit makes its "
        "usual visit with that sign.",
        "Keep a counter of the examples before this one, and two more arrays of zeros. Whenever a "
        "unit makes a step, add the counter times the step to them, for the weights and the bias.",
        "After T examples the mean of the lines is the last line minus those two arrays divided "
        "by T. Count an example once, after all units have seen it.",
    ),
    properties=(
        Property(
            "one row for each class",
            lambda found, X, labels, classes: np.shape(found[0]) == (classes, X.shape[1]),
            "The weights need one row for each class and one column for each input; the array that "
            "came back has another shape.",
        ),
        Property(
            "one bias for each class",
            lambda found, X, labels, classes: np.shape(found[1]) == (classes,),
            "There has to be one bias for each class.",
        ),
        Property(
            "the mean of a single line is that line",
            _steps_from_zero,
            "With a single example the mean is the line after its visit: x for the unit of the "
            "label, -x for all others. Something else came back.",
            also=lambda X, labels, classes: (X[:1], labels[:1], classes),
        ),
        Property(
            "the divisor is the number of examples",
            _whole_sums,
            "Each bias is a whole number after every visit, so its mean is a whole number divided "
            "by the number of examples; those that came back are not. What is divided by what?",
        ),
        Property(
            "no unit depends on the others",
            _first_rows_stay,
            "With one more class, which never comes, the units of the other classes have to stay "
            "as they are; here they change. Does the visit of one unit, or a sum inside the loop over "
            "the classes, touch the rows of the others?",
            also=_one_more_class,
        ),
        Property(
            "the order of the classes does not matter",
            _follows,
            "With the classes in the opposite order the rows have to come in the opposite order, "
            "with the same numbers; here the numbers change.",
            also=_swapped,
        ),
    ),
    parts={
        "W[c] @ x + b[c]": "the score of the unit",
        "W[c] @ x": "the weighted sum",
        "sign * (W[c] @ x + b[c])": "the sign times the score",
        "sign": "the sign",
        "sign * x": "the step of the weights",
        "W[c] += sign * x": "the step of the weights",
        "b[c] += sign": "the step of the bias",
        "missed_W[c] += visits * sign * x": "the sum of the late steps of the weights",
        "missed_b[c] += visits * sign": "the sum of the late steps of the bias",
        "visits * sign * x": "the counter times the step",
        "visits": "the counter of the examples",
        "visits += 1": "the count of the examples",
        "missed_W / visits": "what the mean lacks of the last weights",
        "missed_b / visits": "what the mean lacks of the last biases",
        "W - missed_W / visits": "the mean of the weights",
        "b - missed_b / visits": "the mean of the biases",
    },
    mistakes=(
        Mistake(
            "last lines",
            _mean_over(-1, None),
            "These are the last lines, not the means of all lines on the way. If every line was "
            "kept: one array that is changed in place (+=) is the same array each time.",
        ),
        Mistake(
            "counter one too high",
            _mean_over(0, -1),
            "This is the mean of the lines before the visits: the zeros of the start are in it and "
            "the last line is not. Add up after the visit; a counter for the late steps begins at "
            "0 and grows after the visit.",
        ),
        Mistake(
            "zeros averaged too",
            _mean_over(0, None),
            "The zeros of the start are averaged as well, or the sum is divided by one example too "
            "many. T examples give T lines, each taken after its visit.",
        ),
        Mistake(
            "not divided",
            _late(lambda line, late, T: T * line - late),
            "This is the sum of the lines. The mean divides it by the number of examples.",
        ),
        Mistake(
            "late steps not divided",
            _late(lambda line, late, T: line - late),
            "The late steps are taken off as they are. Divide their sum by the number of examples "
            "first.",
        ),
        Mistake(
            "added instead of subtracted",
            _late(lambda line, late, T: line + late / T),
            "The late steps are added to the last line. The mean has less of a late step than the "
            "last line has: subtract.",
        ),
        Mistake(
            "what is missing, alone",
            _late(lambda line, late, T: late / T),
            "This is what the mean lacks. Take it off the last line.",
        ),
        Mistake(
            "biases not averaged",
            _late(lambda line, late, T: line - late / T, bias_too=False),
            "The weights are means, the biases are the last ones. Both belong to the line.",
        ),
        Mistake(
            "averages after steps only",
            _after_steps_only,
            "Only the lines right after a step are averaged, or the counter counts the steps of each "
            "unit. All examples count: a line that survives ten of them counts ten times.",
        ),
        Mistake(
            "adds up after steps only",
            _sum_after_steps,
            "The line of a unit is added up only when it has made a step, and the sum is divided "
            "by all examples. Add the line after every example, step or not.",
        ),
        Mistake(
            "adds up inside the loop over the classes",
            _sum_inside,
            "All lines are added up once for each unit instead of once for each example. Add them "
            "after all units have seen the example.",
        ),
        Mistake(
            "score without the bias, and the last biases",
            _no_bias_in_the_score,
            "Whether a unit is wrong is asked without its bias, which belongs to the score. And "
            "the biases are the last ones: they need a mean as well.",
        ),
        Mistake(
            "a counter that runs with the units",
            _clock_for_each_unit,
            "The counter grows once for each unit. It has to grow once for each example, after all "
            "units have seen it.",
        ),
        Mistake(
            "only the unit of the label learns",
            _mean_with(_only_the_label),
            "Only the unit of the label learns. The others have to learn that this example is not "
            "theirs: for them the sign is -1, and not 0, which moves nothing.",
        ),
        Mistake(
            "the label and its highest rival",
            _mean_with(_highest_rival),
            "Only two units move, that of the label and the one with the highest score. That is "
            "the multi-class perceptron; here each unit asks for itself whether its score has the "
            "wrong sign.",
        ),
        Mistake(
            "all units when the answer is wrong",
            _mean_with(_when_the_answer_is_wrong),
            "The units move, all of them, when the highest score is at the wrong class. Each unit "
            "moves when its own score has the wrong sign, and only then.",
        ),
        Mistake(
            "all units when one is wrong",
            _mean_with(_all_when_one_is_wrong),
            "All units move as soon as one of them is wrong. Only the units that are wrong move.",
        ),
        Mistake(
            "nothing learnt",
            _mean_with(_strict),
            "Everything is still 0. Either a score of exactly 0 is taken as right (it is a "
            "mistake, whatever the sign, or learning never begins), or the examples had been used "
            "up before the loop: they come only once.",
        ),
        Mistake(
            "the answer -1 to a score of 0 counts",
            _mean_with(_compared),
            "A score of exactly 0 is taken as right for the sign -1, because the unit answers -1 "
            "there. It counts as a mistake for both signs.",
        ),
        Mistake(
            "the means asked for scores",
            _scored_by_means,
            "The scores come from lines whose steps are already weighted for the mean. A visit "
            "asks the line as it is, with whole steps; the mean is taken next to it.",
        ),
        Mistake(
            "updates right units",
            _mean_with(_always),
            "Every unit moves at every example. Only those that are wrong do.",
        ),
    ),
)
