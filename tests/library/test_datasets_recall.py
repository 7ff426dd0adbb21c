"""Pairs to recall, repeats to continue, facts to remember."""

import numpy as np
import pytest

from lessonlib.datasets import facts, recall_pairs, repeated_sequences


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_every_asked_key_is_followed_by_the_value_stated_with_it(rng):
    x = recall_pairs(rng, 200, pairs=5, keys=7, values=4)
    assert x.shape == (200, 20)
    for row in x:
        stated = dict(zip(row[:10:2].tolist(), row[1:10:2].tolist(), strict=True))
        asked = dict(zip(row[10::2].tolist(), row[11::2].tolist(), strict=True))
        assert len(stated) == 5
        assert stated == asked


def test_keys_and_values_are_different_tokens_and_all_occur(rng):
    x = recall_pairs(rng, 500, pairs=4)
    assert set(x[:, ::2].ravel()) == set(range(16))
    assert set(x[:, 1::2].ravel()) == set(range(16, 32))


def test_keys_are_asked_in_another_order_and_mapped_anew(rng):
    x = recall_pairs(rng, 400, pairs=4)
    assert 0.01 < np.mean(np.all(x[:, :8:2] == x[:, 8::2], axis=1)) < 0.12  # 1 in 24
    first = x[x[:, 0] == 3, 1]
    assert len(np.unique(first)) > 8


def test_a_sequence_starts_again_after_its_own_period(rng):
    x, period = repeated_sequences(rng, 300, 32, 10)
    assert x.shape == (300, 32)
    assert set(period) == set(range(8, 17))
    for row, p in zip(x, period, strict=True):
        assert np.array_equal(row[p:], row[:-p])


def test_the_first_round_is_random(rng):
    x, _ = repeated_sequences(rng, 2000, 16, 5)
    share = np.bincount(x[:, 0], minlength=5) / 2000
    assert np.all(np.abs(share - 0.2) < 0.04)


def test_facts_are_stated_or_held_back_and_never_both(rng):
    stated, never = facts(rng, persons=30, relations=2, answers=5, held=0.25)
    assert (len(stated), len(never)) == (45, 15)
    rows = np.concatenate([stated, never])
    assert len(np.unique(rows[:, :2], axis=0)) == 60
    assert set(rows[:, 1]) == {30, 31}
    assert np.all((rows[:, 2] - 32) // 5 == rows[:, 1] - 30)  # the kind fits the relation
    assert set(rows[:, 3]) == {42}


def test_answers_are_random(rng):
    stated, never = facts(rng)
    answer = np.concatenate([stated, never])[:, 2]
    assert len(np.unique(answer)) == 60
    assert np.bincount(answer).max() < 25


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: recall_pairs(r, 0, 3), "recall_pairs: n=0"),
        (lambda r: recall_pairs(r, 1, 17), "pairs=17"),
        (lambda r: recall_pairs(r, 1, 0), "1 <= pairs <= keys"),
        (lambda r: repeated_sequences(r, 1, 3, 5), "length >= 4"),
        (lambda r: repeated_sequences(r, 1, 8, 0), "vocabulary=0"),
        (lambda r: facts(r, held=0.0), "0 < held < 1"),
        (lambda r: facts(r, persons=0), "persons=0"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(rng, call, words):
    with pytest.raises(ValueError, match=words):
        call(rng)
