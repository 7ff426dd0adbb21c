"""Exercise 05b.4: the capstone, small trees that are boosted with the split they are handed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.exercises.show import show
from lessonlib.lessons.l05b.exercises.exercise_3 import best_split


def boost(
    X: np.ndarray,
    y: np.ndarray,
    new_X: np.ndarray,
    split: Callable,
    rounds: int,
    lr: float,
    depth: int,
) -> np.ndarray:
    """Scores of the new rows before the first tree and after each."""

    def tree(rows: np.ndarray, r: np.ndarray, new: np.ndarray, depth: int) -> tuple:
        found = split(rows, r) if depth > 0 else None
        old, fresh = np.full(len(rows), r.mean()), np.full(len(new), r.mean())
        if found is not None:
            column, threshold = found[:2]
            low, new_low = rows[:, column] <= threshold, new[:, column] <= threshold
            for part, new_part in ((low, new_low), (~low, ~new_low)):
                old[part], fresh[new_part] = tree(rows[part], r[part], new[new_part], depth - 1)
        return old, fresh

    start = np.log(y.mean() / (1 - y.mean()))  # the score whose sigmoid is the share of ones
    score, new_score = np.full(len(X), start), np.full(len(new_X), start)
    scores = [new_score]
    for _ in range(rounds):
        residual = y - 1 / (1 + np.exp(-score))
        old, fresh = tree(X, residual, new_X, depth)
        score, new_score = score + lr * old, new_score + lr * fresh
        scores.append(new_score)
    return np.array(scores)


def _middle(X: np.ndarray, r: np.ndarray) -> tuple[int, float, float, float] | None:
    """A split to test with, not the best one: the column nearest to r, cut in its middle."""
    spread = X.max(axis=0) - X.min(axis=0)
    if not np.any(spread > 0):
        return None
    centred = X - X.mean(axis=0)
    alike = np.abs(centred.T @ (r - r.mean())) / np.maximum(np.linalg.norm(centred, axis=0), 1e-9)
    column = int(np.argmax(np.where(spread > 0, alike, -1)))
    cut = float((X[:, column].max() + X[:, column].min()) / 2)
    low = X[:, column] <= cut
    return column, cut, float(r[low].mean()), float(r[~low].mean())


def _cases(rng: np.random.Generator) -> list[tuple]:
    X, y = np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([1, 1, 0, 1])
    small = (X, y, np.array([[0.0], [5.0]]), _middle, 2, 0.5, 1)
    cases = [small, Case("where there are no rounds", X, y, X, _middle, 0, 1.0, 1)]
    middle = np.array([[1.0], [2.0], [3.0]])  # the threshold is 2.0
    at = np.array([[2.0], [1.0], [1.5], [2.0]])
    cases.append(Case("where rows are at a threshold", middle, y[1:], at, _middle, 2, 0.5, 1))
    for n, m, d, rounds, lr, depth in (
        (8, 5, 2, 1, 1.0, 1),
        (14, 6, 3, 3, 1.0, 1),
        (20, 7, 3, 3, 0.3, 2),
        (30, 9, 4, 5, 0.7, 3),
        (60, 9, 3, 2, 0.5, 5),
    ):
        rows, labels = rng.normal(size=(n, d)), rng.permutation(np.arange(n) % 3 > 0).astype(int)
        cases.append((rows, labels, rng.normal(size=(m, d)), _middle, rounds, lr, depth))
    few = rng.normal(size=(3, 2)), np.array([1, 0, 1]), rng.normal(size=(4, 2))
    cases.append(Case("where a tree runs out of rows", *few, _middle, 2, 1.0, 4))
    far = rng.normal(size=(9, 2)), np.arange(9) % 2, 10 + rng.normal(size=(3, 2))
    cases.append(Case("where all new rows are on one side", *far, _middle, 2, 1.0, 2))
    leaf = rng.normal(size=(9, 2)), np.arange(9) % 3 // 2, rng.normal(size=(3, 2))
    cases.append(Case("where the depth is 0", *leaf, _middle, 2, 0.5, 0))
    same = np.ones((4, 2)), np.array([1, 0, 1, 1]), rng.normal(size=(3, 2))
    cases.append(Case("where no column changes", *same, _middle, 3, 0.5, 2))
    return cases


def _called(X: Any, y: Any, new_X: Any, split: Any, rounds: int, lr: float, depth: int) -> str:
    given = f"{show(X, 50)}, {show(y, 40)}, {show(new_X, 50)}"
    return f"boost({given}, split, {rounds}, {lr}, {depth})"


# ---- what every right answer has -----------------------------------------------------------------


def _has_shape(got: Any, X: Any, y: Any, new_X: Any, split: Any, rounds: int, *rest: Any) -> bool:
    return np.shape(got) == (rounds + 1, len(new_X))


def _starts_at_the_share(got: Any, X: Any, y: Any, new_X: Any, *rest: Any) -> bool:
    return bool(np.allclose(1 / (1 + np.exp(-np.asarray(got)[0])), y.mean()))


def _read_the_training_rows(X: Any, y: Any, new_X: Any, *rest: Any) -> tuple:
    return (X, y, X, *rest)


def _loss_falls(got: Any, again: Any, X: Any, y: Any, new_X: Any, *rest: Any) -> bool:
    if np.shape(again) != (rest[1] + 1, len(X)):
        return True
    again = np.asarray(again, dtype=float)
    loss = np.mean(np.logaddexp(0, again) - y * again, axis=1)
    return bool(np.all(np.diff(loss) <= 1e-12))


def _first_new_row(X: Any, y: Any, new_X: Any, *rest: Any) -> tuple:
    return (X, y, new_X[:1], *rest)


def _rows_are_apart(got: Any, one: Any, *arguments: Any) -> bool:
    return bool(np.allclose(np.asarray(got)[:, :1], one))


def _one_round_more(X: Any, y: Any, new_X: Any, split: Any, rounds: int, *rest: Any) -> tuple:
    return (X, y, new_X, split, rounds + 1, *rest)


def _goes_on(got: Any, longer: Any, *arguments: Any) -> bool:
    return bool(np.allclose(got, np.asarray(longer)[:-1]))


# ---- what people write instead -------------------------------------------------------------------


def _with(
    residual: Callable = lambda y, s: y - 1 / (1 + np.exp(-s)),
    start: Callable = lambda y: np.log(y.mean() / (1 - y.mean())),
    deeper: int = 1,
    share: float | None = None,
    more: int = 0,
    leaf: Callable = np.mean,
    under: Callable = np.less_equal,
    new_under: Callable | None = None,
    grown: tuple[bool, bool] = (True, True),
    every_level: bool = False,
) -> Callable:
    """The same loop with one thing changed."""
    other_under = new_under or under

    def tree(rows: Any, r: Any, new: Any, split: Any, depth: int) -> tuple:
        found = split(rows, r) if depth > 0 else None
        old, fresh = np.full(len(rows), leaf(r)), np.full(len(new), leaf(r))
        if found is not None:
            column, threshold = found[:2]
            low, new_low = under(rows[:, column], threshold), other_under(new[:, column], threshold)
            for part, other, on in zip((low, ~low), (new_low, ~new_low), grown, strict=True):
                left = depth - deeper if on else 0
                below, new_below = tree(rows[part], r[part], new[other], split, left)
                old[part] = below + every_level * leaf(r)
                fresh[other] = new_below + every_level * leaf(r)
        return old, fresh

    def answer(
        X: Any, y: Any, new_X: Any, split: Any, rounds: int, lr: float, depth: int
    ) -> np.ndarray:
        step = lr if share is None else share
        score, fresh = np.full(len(X), start(y)), np.full(len(new_X), start(y))
        scores = [fresh]
        for _ in range(rounds):
            old, new = tree(X, residual(y, score), new_X, split, depth + more)
            score, fresh = score + step * old, fresh + step * new
            scores.append(fresh)
        return np.array(scores)

    return answer


def _residual_never_renewed(
    X: Any, y: Any, new_X: Any, split: Any, rounds: int, lr: float, depth: int
) -> np.ndarray:
    first = boost(X, y, new_X, split, 1, lr, depth)
    step = first[1] - first[0]
    return np.array([first[0] + k * step for k in range(rounds + 1)])


def _asked_once(
    X: Any, y: Any, new_X: Any, split: Any, rounds: int, lr: float, depth: int
) -> np.ndarray:
    def sides(rows: Any, new: Any, depth: int) -> list:
        found = split(X[rows], y[rows] - y.mean()) if depth > 0 else None
        if found is None:
            return [(rows, new)]
        low, new_low = X[rows, found[0]] <= found[1], new_X[new, found[0]] <= found[1]
        left = sides(rows[low], new[new_low], depth - 1)
        return left + sides(rows[~low], new[~new_low], depth - 1)

    leaves = sides(np.arange(len(X)), np.arange(len(new_X)), depth)
    scores = boost(X, y, new_X, split, 0, lr, depth)
    score = np.full(len(X), np.log(y.mean() / (1 - y.mean())))
    for _ in range(rounds):
        step, residual = np.zeros(len(new_X)), y - 1 / (1 + np.exp(-score))
        for rows, new in leaves:
            step[new] = lr * residual[rows].mean()
            score[rows] += lr * residual[rows].mean()
        scores = np.vstack([scores, scores[-1] + step])
    return scores


def _own_split(
    X: Any, y: Any, new_X: Any, split: Any, rounds: int, lr: float, depth: int
) -> np.ndarray:
    return boost(X, y, new_X, best_split, rounds, lr, depth)


def _without_start(*arguments: Any) -> np.ndarray:
    return boost(*arguments)[1:]


def _last_only(*arguments: Any) -> np.ndarray:
    return boost(*arguments)[-1]


def _as_chances(*arguments: Any) -> np.ndarray:
    return 1 / (1 + np.exp(-boost(*arguments)))


def _last_tree_only(*arguments: Any) -> np.ndarray:
    scores = boost(*arguments)
    return np.vstack([scores[:1], scores[0] + np.diff(scores, axis=0)])


EXERCISE = Exercise(
    id="05b.4",
    title="Capstone: boosted trees",
    points=3,
    stars=3,
    minutes=50,
    reference=boost,
    cases=_cases,
    called=_called,
    values=("after each round", "new row"),
    forbidden=("sklearn.ensemble.GradientBoostingClassifier",),
    parts={
        "y - 1 / (1 + np.exp(-score))": "the residuals",
        "residual": "the residuals",
        "1 / (1 + np.exp(-score))": "the probabilities",
        "start": "the score of the start",
        "np.log(y.mean() / (1 - y.mean()))": "the score of the start",
        "y.mean()": "the share of ones",
        "lr * old": "the step of the training scores",
        "lr * fresh": "the step of the new scores",
        "score + lr * old": "the training scores after the step",
        "new_score + lr * fresh": "the new scores after the step",
        "r.mean()": "the mean residual of a leaf",
        "depth - 1": "the depth that is left",
        "depth > 0": "there is depth left",
        "rows[:, column] <= threshold": "the rows at or below the threshold",
        "new[:, column] <= threshold": "the new rows at or below the threshold",
        "found is not None": "a split was found",
    },
    hints=(
        "First the loop, with stumps in mind: scores of the training rows and of the new rows, "
        "both starting at log(share / (1 - share)). In each round the residuals are y minus the "
        "sigmoid of the training scores; a tree gives one value for each row of both tables, and "
        "both scores get lr times it.",
        "A tree is a function that calls itself: tree(rows, r, new, depth). With depth 0, or where "
        "split(rows, r) gives None, all rows get the mean of r.",
        "Otherwise split both tables at the threshold, and let the function fill in each side with "
        "depth - 1: values[low] = ... for the side at or below, values[~low] for the other.",
    ),
    properties=(
        Property(
            "a row for each round and one for the start",
            _has_shape,
            "rounds + 1 rows have to come back, the start first, with one score for each new row.",
        ),
        Property(
            "the start is the share of ones",
            _starts_at_the_share,
            "The sigmoid of the scores before the first tree has to be the share of ones in y.",
        ),
        Property(
            "each new row is for itself",
            _rows_are_apart,
            "The score of a new row changes with the other new rows that are asked about.",
            also=_first_new_row,
        ),
        Property(
            "more rounds go on from there",
            _goes_on,
            "With one round more, the scores of the rounds before have to stay as they are.",
            also=_one_round_more,
        ),
        Property(
            "the training loss falls",
            _loss_falls,
            "Asked about the training rows themselves, the scores have to lower the cross-entropy "
            "in each round, or leave it; here it rises.",
            also=_read_the_training_rows,
        ),
    ),
    mistakes=(
        Mistake(
            "residuals of the start",
            _residual_never_renewed,
            "Every round fits the residuals of the start. They have to be taken again from the "
            "scores as they are now.",
        ),
        Mistake(
            "y minus the score",
            _with(residual=lambda y, s: y - s),
            "The residual is y minus the score. Both sides have to be probabilities: y minus the "
            "sigmoid of the score.",
        ),
        Mistake(
            "sign of the residual",
            _with(residual=lambda y, s: 1 / (1 + np.exp(-s)) - y),
            "The residual has the wrong sign, so every tree leads away from the labels.",
        ),
        Mistake(
            "start at 0",
            _with(start=lambda y: 0.0),
            "The scores start at 0. They start at the score whose sigmoid is the share of ones, "
            "log(share / (1 - share)).",
        ),
        Mistake(
            "start at the share",
            _with(start=lambda y: y.mean()),
            "The scores start at the share of ones itself. A score is a logit: "
            "log(share / (1 - share)).",
        ),
        Mistake(
            "learning rate left out",
            _with(share=1.0),
            "The learning rate has no effect: each tree is added with its full values.",
        ),
        Mistake(
            "one level too many",
            _with(more=1),
            "The trees are one level too deep: a tree of depth 1 asks a single question.",
        ),
        Mistake(
            "one level too few",
            _with(more=-1),
            "The trees are one level too flat: a tree of depth 1 asks one question.",
        ),
        Mistake(
            "left side not grown",
            _with(grown=(False, True)),
            "The side at or below the threshold is not grown further, only the other one.",
        ),
        Mistake(
            "right side not grown",
            _with(grown=(True, False)),
            "The side above the threshold is not grown further, only the other one.",
        ),
        Mistake(
            "means of all levels",
            _with(every_level=True),
            "Each row gets the means of all levels that it passes, added up. Only its leaf "
            "answers.",
        ),
        Mistake(
            "questions asked once",
            _asked_once,
            "All rounds use the questions of the first tree, and only the means are new. Each "
            "round grows a tree of its own, on its residuals.",
        ),
        Mistake(
            "own split",
            _own_split,
            "The trees ask best_split, whichever split they are handed. Call split(rows, r).",
        ),
        Mistake(
            "less than",
            _with(under=np.less),
            "Rows that are exactly at a threshold go to the upper side. The question is whether "
            "they are at most the threshold: <=.",
        ),
        Mistake(
            "sides of new rows exchanged",
            _with(new_under=np.greater),
            "The new rows go to the other side of each question than the training rows do.",
        ),
        Mistake(
            "residual of a hard answer",
            _with(residual=lambda y, s: y - (s > 0)),
            "The residual is y minus 0 or 1, whichever is more probable. It is y minus the "
            "probability itself.",
        ),
        Mistake(
            "Newton's step in the leaf",
            _with(leaf=lambda r: r.sum() / np.sum(np.abs(r) * (1 - np.abs(r)))),
            "A leaf gives a Newton step, the sum of r over the sum of p (1 - p), as libraries do. "
            "In this exercise it is the mean of r.",
        ),
        Mistake(
            "median in the leaf",
            _with(leaf=np.median),
            "A leaf gives the median of its residuals. Their mean is meant.",
        ),
        Mistake(
            "sum in the leaf",
            _with(leaf=np.sum),
            "A leaf gives the sum of its residuals. Their mean is meant.",
        ),
        Mistake(
            "start left out",
            _without_start,
            "The scores before the first tree are missing: they are the first row.",
        ),
        Mistake(
            "last round only",
            _last_only,
            "Only the scores after the last round came back. All rounds are wanted, one row each.",
        ),
        Mistake(
            "probabilities",
            _as_chances,
            "These are probabilities. Scores are asked for, before the sigmoid.",
        ),
        Mistake(
            "trees not added up",
            _last_tree_only,
            "Each row has the start and one tree. The trees add up: a score keeps all trees before.",
        ),
    ),
)
