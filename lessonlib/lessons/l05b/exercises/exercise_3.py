"""Exercise 05b.3: the best split of a table, the one step of which trees are made."""

from itertools import pairwise
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def best_split(X: np.ndarray, r: np.ndarray) -> tuple[int, float, float, float] | None:
    """The question x[column] <= threshold whose two means lower the squared error of r most."""
    n, best = len(r), None
    k = np.arange(1, n)  # rows at or below the threshold
    for column in range(X.shape[1]):
        order = np.argsort(X[:, column])
        x, sums = X[order, column], np.cumsum(r[order])
        below, above = sums[:-1] / k, (sums[-1] - sums[:-1]) / (n - k)
        gain = np.where(x[:-1] < x[1:], k * (n - k) / n * (below - above) ** 2, -1.0)
        at = int(np.argmax(gain)) if n > 1 else 0  # -1 between equal values: they stay together
        if n > 1 and gain[at] > (best[0] if best else -1.0):
            best = gain[at], column, (x[at] + x[at + 1]) / 2, below[at], above[at]
    return best and best[1:]


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0], [2.0], [4.0], [7.0]]), np.array([0.5, 1.0, -2.0, -1.5]))
    two = (
        np.array([[3.0, 0.0], [1.0, 5.0], [2.0, 1.0], [6.0, 4.0], [5.0, 3.0]]),
        np.array([0.2, -1.0, 0.4, -1.1, 0.3]),
    )
    uneven = (
        np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]),
        np.array([5.0, 0, 0.1, 0.3, 0, 0.2]),
    )
    repeated = (rng.integers(0, 4, (14, 3)) * 1.0, rng.normal(size=14))
    still = np.c_[np.full(8, 3.0), rng.normal(size=8)]
    drawn = [(rng.normal(size=(n, d)), rng.normal(size=n)) for n, d in ((9, 2), (30, 4), (60, 3))]
    wide = np.array([[0.0], [2.0], [1.0], [3.0]]) + rng.uniform(-0.3, 0.3, (4, 9))
    wide[:, 7] = [0.0, 1.0, 2.0, 3.0]  # the best column comes late
    return [
        small,
        two,
        Case("where one row is far from the others", *uneven),
        Case("where values repeat", *repeated),
        Case("where a column never changes", still, rng.normal(size=8)),
        Case("where equal values lie next to each other", *_pairs()),
        Case("where no split lowers the error", np.array([[1.0], [2.0]]), np.array([0.5, 0.5])),
        Case("where the first rows are all alike in the best column", *_plateau()),
        Case("where no column changes", np.ones((4, 2)), np.array([1.0, -1.0, 0.5, 0.0])),
        Case("where there is a single row", np.array([[1.0, 2.0]]), np.array([0.7])),
        Case("where there are more columns than rows", wide, np.array([1.0, 1.2, -1.0, -1.1])),
        *drawn,
    ]


def _pairs() -> tuple[np.ndarray, np.ndarray]:
    """Two rows that only a cut between equal values could part, last or first in their column."""
    X = np.array([[9.0, 1.0], [9.0, 1.0], [3.0, 2.0], [4.0, 3.0]])
    return X, np.array([10.0, -10.0, 5.0, -4.0])


def _plateau() -> tuple[np.ndarray, np.ndarray]:
    X = np.array([[0.0, 2.0], [0.0, 1.0], [0.0, 3.0], [1.0, 2.5], [1.0, 1.5], [2.0, 0.5]])
    return X, np.array([1.0, -0.6, 0.9, -0.8, -1.0, -0.9])


# ---- what every right answer has -----------------------------------------------------------------


def _splits(X: np.ndarray) -> bool:
    return bool(np.any(X.min(axis=0) < X.max(axis=0)))


def _none_where_none(got: Any, X: np.ndarray, r: np.ndarray) -> bool:
    return (got is None) == (not _splits(X))


def _is_four(got: Any, X: np.ndarray, r: np.ndarray) -> bool:
    return got is None or len(got) == 4


def _between(got: Any, X: np.ndarray, r: np.ndarray) -> bool:
    if got is None or not _is_four(got, X, r):
        return True
    x = np.unique(X[:, int(got[0])])
    return len(x) > 1 and bool(np.isclose((x[1:] + x[:-1]) / 2, got[1]).any())


def _means(got: Any, X: np.ndarray, r: np.ndarray) -> bool:
    if got is None or not _is_four(got, X, r) or not _between(got, X, r):
        return True
    low = X[:, int(got[0])] <= got[1]
    return bool(np.allclose(got[2:], (r[low].mean(), r[~low].mean())))


def _is_best(got: Any, X: np.ndarray, r: np.ndarray) -> bool:
    if got is None or not _between(got, X, r) or not _splits(X):
        return True
    low = X[:, int(got[0])] <= got[1]
    error = sum(np.sum((part - part.mean()) ** 2) for part in (r[low], r[~low]))
    best = best_split(X, r)
    return best is None or bool(error <= _error(X, r, *best[:2]) + 1e-9)


def _error(X: np.ndarray, r: np.ndarray, column: int, threshold: float) -> float:
    low = X[:, column] <= threshold
    return float(sum(np.sum((part - part.mean()) ** 2) for part in (r[low], r[~low])))


# ---- what people write instead -------------------------------------------------------------------


def _by(score: Any, threshold: Any = None) -> Any:
    """The split that a wrong score of (column values, below, above) likes best."""

    def answer(X: np.ndarray, r: np.ndarray) -> Any:
        best = None
        for column in range(X.shape[1]):
            x = np.unique(X[:, column])
            for low, high in pairwise(x.tolist()):
                below, above = r[X[:, column] <= low], r[X[:, column] > low]
                value = score(below, above)
                if best is None or value > best[0]:
                    cut = threshold(low, high) if threshold else (low + high) / 2
                    best = value, column, cut, below.mean(), above.mean()
        return best and best[1:]

    return answer


def _gain(below: np.ndarray, above: np.ndarray) -> float:
    k, m = len(below), len(above)
    return k * m / (k + m) * (below.mean() - above.mean()) ** 2


def _sorted_by(means: Any, equal: bool = False) -> Any:
    """The split of a loop over k whose means (order, r, k) are wrong, or that cuts equal values."""

    def answer(X: np.ndarray, r: np.ndarray) -> Any:
        best, n = None, len(r)
        for column in range(X.shape[1]):
            order = np.argsort(X[:, column])
            x = X[order, column]
            for k in range(1, n):
                if x[0] == x[-1] or (x[k] == x[k - 1] and not equal):
                    continue
                below, above = means(order, r, k)
                gain = k * (n - k) / n * (below - above) ** 2
                if best is None or gain > best[0]:
                    best = gain, column, (x[k - 1] + x[k]) / 2, below, above
        return best and best[1:]

    return answer


def _two_sides(order: np.ndarray, r: np.ndarray, k: int) -> tuple[float, float]:
    return r[order[:k]].mean(), r[order[k:]].mean()


def _not_sorted(order: np.ndarray, r: np.ndarray, k: int) -> tuple[float, float]:
    return r[:k].mean(), r[k:].mean()


def _one_too_far(order: np.ndarray, r: np.ndarray, k: int) -> tuple[float, float]:
    sums = np.cumsum(r[order])
    return sums[k] / k, (sums[-1] - sums[k]) / (len(r) - k)


def _threshold_first(X: np.ndarray, r: np.ndarray) -> Any:
    found = best_split(X, r)
    return found and (found[1], found[0], *found[2:])


def _swapped(X: np.ndarray, r: np.ndarray) -> Any:
    found = best_split(X, r)
    return found and (*found[:2], found[3], found[2])


def _first_column(X: np.ndarray, r: np.ndarray) -> Any:
    return best_split(X[:, :1], r)


def _last_column(X: np.ndarray, r: np.ndarray) -> Any:
    found = None
    for column in range(X.shape[1]):
        here = best_split(X[:, column : column + 1], r)
        found = found if here is None else (column, *here[1:])
    return found


def _without_gain(X: np.ndarray, r: np.ndarray) -> Any:
    found = best_split(X, r)
    return found and found[:2]


EXERCISE = Exercise(
    id="05b.3",
    title="The best split",
    points=3,
    stars=2,
    minutes=25,
    reference=best_split,
    cases=_cases,
    values=(("the column", "the threshold", "the mean at or below", "the mean above"),),
    parts={
        "order": "the order of the rows by the column",
        "np.argsort(X[:, column])": "the order of the rows by the column",
        "np.cumsum(r[order])": "the running sums of r in that order",
        "sums": "the running sums",
        "below": "the mean at or below the threshold",
        "above": "the mean above the threshold",
        "gain": "the gain",
        "k * (n - k) / n": "the weight of the gain",
        "(below - above) ** 2": "the squared difference of the two means",
        "x[:-1] < x[1:]": "the two neighbours differ",
        "(x[at] + x[at + 1]) / 2": "the threshold halfway between two neighbours",
        "gain[at]": "the largest gain of the column",
        "range(X.shape[1])": "the columns",
        "np.arange(1, n)": "the numbers of rows below",
    },
    forbidden=("sklearn.tree.DecisionTreeRegressor",),
    hints=(
        "Go through the columns. np.unique(X[:, column]) has its different values in order; every "
        "pair of neighbours among them gives one threshold.",
        "Rows at or below the threshold are one side: X[:, column] <= threshold. With k and n - k "
        "rows on the sides the gain is k (n - k) / n times the squared difference of the means.",
        "Keep the best gain so far with its column, threshold and means, starting from None: then "
        "None is left if there is no threshold at all.",
    ),
    properties=(
        Property(
            "None where there is no threshold",
            _none_where_none,
            "None has to come back exactly if no column has two different values.",
        ),
        Property(
            "four values",
            _is_four,
            "Four values have to come back: column, threshold, and the two means.",
        ),
        Property(
            "halfway between neighbours",
            _between,
            "The threshold has to be halfway between two neighbouring different values of its "
            "column.",
        ),
        Property(
            "two means",
            _means,
            "The last two values have to be the mean of r where the column is at or below the "
            "threshold, and the mean where it is above.",
        ),
        Property(
            "no split is better",
            _is_best,
            "Another threshold, maybe in another column, leaves a smaller squared error.",
        ),
    ),
    mistakes=(
        Mistake(
            "means swapped",
            _swapped,
            "The two means are swapped: first the one at or below the threshold, then the one "
            "above.",
        ),
        Mistake(
            "threshold first",
            _threshold_first,
            "The column comes first, then the threshold. Here they have changed places.",
        ),
        Mistake(
            "r not sorted with the column",
            _sorted_by(_not_sorted),
            "The column is sorted and r is not, so its first k values belong to other rows. Put "
            "r into the same order.",
        ),
        Mistake(
            "running sum one place off",
            _sorted_by(_one_too_far),
            "The sum of the rows below has one row too many: of the running sums, the sum of the "
            "first k rows is at place k - 1.",
        ),
        Mistake(
            "cut between equal values",
            _sorted_by(_two_sides, equal=True),
            "Rows of equal value are put on different sides, which no threshold can do. Pass over "
            "places where two neighbours are equal.",
        ),
        Mistake(
            "rows above not counted",
            _by(lambda below, above: len(below) * (below.mean() - above.mean()) ** 2),
            "The gain counts the rows at or below the threshold only. Those above count as well: "
            "k (n - k) / n.",
        ),
        Mistake(
            "first column only",
            _first_column,
            "Only the first column is looked at.",
        ),
        Mistake(
            "last column wins",
            _last_column,
            "The best split of the last column that has one comes back. Keep the best gain over "
            "all columns: it must not start again in each.",
        ),
        Mistake(
            "difference of the means alone",
            _by(lambda below, above: abs(below.mean() - above.mean())),
            "The split is chosen by the difference of the two means alone. How many rows are on "
            "each side counts too: k (n - k) / n.",
        ),
        Mistake(
            "mean errors added",
            _by(lambda below, above: -(below.var() + above.var())),
            "The mean errors of the two sides are added up as if both had equally many rows. Add "
            "the squared errors of all rows.",
        ),
        Mistake(
            "the worst split",
            _by(lambda below, above: -_gain(below, above)),
            "This is the split with the smallest gain. The largest is wanted.",
        ),
        Mistake(
            "threshold at the lower value",
            _by(_gain, lambda low, high: low),
            "The threshold is the lower one of two neighbours. It is meant to be halfway between "
            "them.",
        ),
        Mistake(
            "threshold at the upper value",
            _by(_gain, lambda low, high: high),
            "The threshold is the upper one of two neighbours. It is meant to be halfway between "
            "them.",
        ),
        Mistake(
            "no means",
            _without_gain,
            "Column and threshold are right; the means of the two sides are missing.",
        ),
    ),
)
