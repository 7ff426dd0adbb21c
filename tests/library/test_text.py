"""Vocabulary and n-gram tables, against counting done the slow way."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib.text import NGram, Vocabulary

TEXTS = st.lists(st.integers(0, 3), min_size=6, max_size=60).map(np.array)


@given(st.text(min_size=1))
def test_a_text_comes_back_from_its_ids(text):
    vocabulary = Vocabulary(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


def test_ids_do_not_depend_on_the_order_of_the_symbols():
    assert Vocabulary("abc").symbols == Vocabulary("cbaabc").symbols == ["a", "b", "c"]


def test_an_unknown_symbol_is_named():
    with pytest.raises(KeyError, match="'z' is not among Vocabulary of 2: 'a', 'b'"):
        Vocabulary("ab").encode("az")
    with pytest.raises(ValueError, match="no symbol"):
        Vocabulary("")


def slowly(ids, order, size, smoothing, k, context, symbol):
    """p(symbol | context) by Counter, straight from the formulas of the docstring."""

    def count(n, c):
        starts = range(len(ids) - n)
        return Counter(ids[i + n] for i in starts if tuple(ids[i : i + n]) == c)

    if smoothing == "add":
        seen = count(order, tuple(context[len(context) - order :]))
        return (seen[symbol] + k) / (seen.total() + k * size)
    p = 1 / size
    for n in range(order + 1):
        seen = count(n, tuple(context[len(context) - n :]))
        if seen:
            p = (seen[symbol] + len(seen) * p) / (seen.total() + len(seen))
    return p


@pytest.mark.parametrize("smoothing", ["add", "witten-bell"])
@pytest.mark.parametrize("order", [0, 1, 2])
@given(train=TEXTS, test=TEXTS)
def test_tables_equal_slow_counting(smoothing, order, train, test):
    table = NGram(order, 4, smoothing, k=0.5).fit(train)
    expected = [
        slowly(train.tolist(), order, 4, smoothing, 0.5, test[:t].tolist(), test[t])
        for t in range(order, len(test))
    ]
    assert table.bits(test) == pytest.approx(-np.log2(expected).mean(), rel=1e-12)
    p = table.probabilities(test)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    wanted = [slowly(train.tolist(), order, 4, smoothing, 0.5, test.tolist(), s) for s in range(4)]
    assert np.allclose(p, wanted, rtol=1e-12, atol=0)


def test_without_smoothing_the_impossible_costs_infinitely_many_bits():
    table = NGram(1, 2, k=0).fit(np.array([0, 0, 0]))
    assert table.bits(np.array([0, 1])) == math.inf
    assert table.probabilities([1]).tolist() == [0.5, 0.5]  # never seen: nothing is known


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: NGram(1, 4, "none"), "smoothing 'none', wanted add or witten-bell"),
        (lambda: NGram(-1, 4), "order -1"),
        (lambda: NGram(10, 94), "leaves 64 bits"),
        (lambda: NGram(1, 4).fit(np.array([0, 4])), "ids 0 to 4, wanted 0 to 3"),
        (lambda: NGram(2, 4).fit(np.array([0, 1])), r"shape \(2,\), wanted \(3 or more,\)"),
        (lambda: NGram(2, 4).fit(np.arange(4)).probabilities([1]), "1 symbols of context"),
    ],
)
def test_errors_name_what_was_seen(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_bits_before_fit_say_so():
    with pytest.raises(RuntimeError, match="fit comes first"):
        NGram(0, 2).bits(np.array([0, 1]))


def test_counting_the_prose_gives_the_known_bits():
    """The values of the course's comparison; characters outside ASCII are left out."""
    parts = [
        "".join(c for c in datasets.prose(part) if c.isascii()) for part in ("train", "validation")
    ]
    letters = Vocabulary("".join(parts))
    assert len(letters) == 94
    train, validation = map(letters.encode, parts)
    bits = [NGram(n, 94).fit(train).bits(validation) for n in range(4)]
    assert bits == pytest.approx([4.68, 3.75, 2.86, 2.38], abs=0.02)
    assert NGram(5, 94, "witten-bell").fit(train).bits(validation) == pytest.approx(2.23, abs=0.02)
