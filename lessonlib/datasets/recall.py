"""Token sequences with a known answer: pairs to recall, repeats to continue, facts to remember."""

import numpy as np


def recall_pairs(
    rng: np.random.Generator, n: int, pairs: int, keys: int = 16, values: int = 16
) -> np.ndarray:
    """Draw sequences that state pairs and then ask for every one of them, in another order.

    k1 v1 k2 v2 ... | k? v? k? v? ...   (4 pairs tokens; the answers are at 2 pairs + 1, + 3, ...)

    n      : number of sequences;  pairs : pairs stated in each, with different keys
    keys   : size of the pool of keys, tokens 0 .. keys - 1
    values : size of the pool of values, tokens keys .. keys + values - 1; two keys may share one
    Returns tokens (n, 4 pairs), integers. Which value goes with a key is new in every sequence
    Raises ValueError unless n >= 1, values >= 1 and 1 <= pairs <= keys
    Source: after Graves, Wayne and Danihelka 2014, section 4.3.
    Taught in notebooks/10b_inside_a_transformer

    >>> x = recall_pairs(np.random.default_rng(0), 5, pairs=3)
    >>> x.shape, bool(np.all(np.sort(x[:, :6:2]) == np.sort(x[:, 6::2])))
    ((5, 12), True)
    """
    if n < 1 or values < 1 or not 1 <= pairs <= keys:
        raise ValueError(
            f"recall_pairs: n={n}, pairs={pairs}, keys={keys}, values={values}; "
            "wanted n >= 1, values >= 1, 1 <= pairs <= keys"
        )
    key = rng.random((n, keys)).argsort(axis=1)[:, :pairs]  # a random choice without repetition
    value = rng.integers(keys, keys + values, (n, pairs))
    order = rng.random((n, pairs)).argsort(axis=1)
    asked, answer = (np.take_along_axis(part, order, axis=1) for part in (key, value))
    stated = np.stack([key, value], axis=2).reshape(n, 2 * pairs)
    return np.concatenate([stated, np.stack([asked, answer], axis=2).reshape(n, -1)], axis=1)


def repeated_sequences(
    rng: np.random.Generator, n: int, length: int, vocabulary: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw random tokens that start again after a period; the period differs from row to row.

    x[t] = x[t mod p],  p uniform in length / 4 .. length / 2

    n, length  : number and length of the sequences;  vocabulary : tokens are 0 .. vocabulary - 1
    Returns tokens (n, length), periods (n,). With one period for all, a position could point
    back by a fixed distance; with many, only the tokens themselves tell where the repeat is
    Raises ValueError unless n >= 1, length >= 4, vocabulary >= 1
    Source: after Olsson et al. 2022, section "Definition of induction heads".
    Taught in notebooks/10b_inside_a_transformer

    >>> x, p = repeated_sequences(np.random.default_rng(0), 4, 12, 8)
    >>> bool(all((row[q:] == row[:-q]).all() for row, q in zip(x, p)))
    True
    """
    if n < 1 or length < 4 or vocabulary < 1:
        raise ValueError(
            f"repeated_sequences: n={n}, length={length}, vocabulary={vocabulary}; "
            "wanted n >= 1, length >= 4, vocabulary >= 1"
        )
    period = rng.integers(length // 4, length // 2 + 1, n)
    place = np.arange(length) % period[:, None]
    return np.take_along_axis(rng.integers(0, vocabulary, (n, length)), place, axis=1), period


def facts(
    rng: np.random.Generator,
    persons: int = 200,
    relations: int = 3,
    answers: int = 20,
    held: float = 0.2,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw facts "person, relation, answer, end", and keep a share of them back.

    Tokens: persons, then relations, then `answers` for each relation in turn, then the end.
    Every answer is drawn at random, so that a fact that was not stated cannot be worked out.

    held : share of all persons x relations facts that is never stated
    Returns stated (M, 4), never (K, 4), in random order
    Raises ValueError unless all counts are >= 1 and 0 < held < 1
    Source: after Kalai and Vempala 2024 (arbitrary facts).
    Taught in notebooks/10b_inside_a_transformer

    >>> stated, never = facts(np.random.default_rng(0), persons=10)
    >>> len(stated), len(never), int(stated.max())
    (24, 6, 73)
    """
    if min(persons, relations, answers) < 1 or not 0 < held < 1:
        raise ValueError(
            f"facts: persons={persons}, relations={relations}, answers={answers}, held={held}; "
            "wanted counts >= 1 and 0 < held < 1"
        )
    person, relation = (a.ravel() for a in np.indices((persons, relations)))
    first = persons + relations  # the token of the first answer
    answer = first + relation * answers + rng.integers(0, answers, len(person))
    end = np.full(len(person), first + relations * answers)
    rows = rng.permutation(np.column_stack([person, persons + relation, answer, end]))
    kept = round(held * len(rows))
    return rows[kept:], rows[:kept]
