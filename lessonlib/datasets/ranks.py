"""Sentences in which only the order of the words tells the answer."""

import numpy as np

# fmt: off
PEOPLE = ("abbot", "admiral", "baker", "captain", "clerk", "cook", "deacon", "doctor", "duke",
          "farmer", "judge", "mayor", "miller", "scribe", "squire", "tailor")
MEETINGS = ("greets", "follows", "pays", "visits", "answers", "thanks")
MANNERS = ("old", "tall", "quiet", "tired", "young", "merry")
TIMES = ("often", "never", "today", "again")
# fmt: on
RANK_WORDS = tuple(sorted({"the", *PEOPLE, *MEETINGS, *MANNERS, *TIMES}))

Part = tuple[np.ndarray, np.ndarray]


def ranks(rng: np.random.Generator, held_out: float = 0.3) -> tuple[Part, Part]:
    """Who outranks whom: "the tired duke often greets the merry cook", label 1 if the first does.

    16 people have one fixed secret order. Every pair meets with each of 6 verbs, and every sentence
    has its twin with the two people (and their adjectives) exchanged: the same words, other label.
    held_out : share of the (pair, verb) combinations that go to the test part; twins stay together
    Returns (words, labels) for training and for the test: words (n, 8) ids into RANK_WORDS,
            labels (n,) 0 or 1, twins in rows 2 i and 2 i + 1
    Raises ValueError unless 0 < held_out < 1
    Taught in notebooks/07_recurrent_networks

    >>> (words, labels), _ = ranks(np.random.default_rng(0))
    >>> words.shape[1], labels[:4], sorted(words[0]) == sorted(words[1])
    (8, array([1, 0, 1, 0]), True)
    """
    if not 0 < held_out < 1:
        raise ValueError(f"ranks: held_out {held_out}, wanted a share between 0 and 1")
    ids = {word: i for i, word in enumerate(RANK_WORDS)}
    order = [PEOPLE[i] for i in rng.permutation(len(PEOPLE))]  # highest first
    parts: tuple[list, list] = ([], [])
    for i, high in enumerate(order):
        for low in order[i + 1 :]:
            for verb in MEETINGS:
                one, two = (f"the {MANNERS[k]} {{}}" for k in rng.integers(len(MANNERS), size=2))
                one, two = one.format(high), two.format(low)
                middle = f" {TIMES[rng.integers(len(TIMES))]} {verb} "
                twins = one + middle + two, two + middle + one
                parts[rng.random() < held_out].extend([ids[w] for w in t.split()] for t in twins)
    train, test = (np.array(part, np.int64).reshape(-1, 8) for part in parts)
    return (train, _alternating(len(train))), (test, _alternating(len(test)))


def _alternating(n: int) -> np.ndarray:
    return 1 - np.arange(n) % 2
