"""Generators of lesson 08: the adding problem, Reber strings, the moving dot, tunes."""

import re

import numpy as np
import pytest

from lessonlib.datasets import REBER_LETTERS, adding, moving_dot, reber, tunes


def test_adding_marks_one_number_in_each_half():
    X, y = adding(500, 11, np.random.default_rng(0))
    assert (X.shape, X.dtype, y.dtype) == ((500, 11, 2), np.float32, np.float32)
    marks = X[:, :, 1]
    assert set(np.unique(marks)) == {0, 1}
    assert np.all(marks[:, :5].sum(axis=1) == 1)
    assert np.all(marks[:, 5:].sum(axis=1) == 1)
    assert np.allclose(y, (X[:, :, 0] * marks).sum(axis=1))
    assert np.all(marks.sum(axis=0) > 0)  # every step is marked now and then


def test_answering_the_mean_of_adding_costs_a_sixth():
    y = adding(100_000, 2, np.random.default_rng(1))[1]
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, abs=0.003)


def walks(text):
    """Whether a Reber string is one, by a hand-written regular expression of the grammar."""
    # state 2: T* V, then V ends, or P leads to state 3; state 3: S ends, X leads to state 2
    return re.fullmatch(r"B(TS*X(S|X(T*VPX)*T*V(V|PS))|P(T*VPX)*T*V(V|PS))E", text) is not None


def test_reber_strings_follow_the_grammar():
    rng = np.random.default_rng(2)
    strings = [reber(rng) for _ in range(500)]
    assert all(map(walks, strings))
    assert len(set(strings)) > 50
    assert min(map(len, strings)) == 5
    assert not walks("BTXPE")


def test_the_embedded_grammar_repeats_its_second_letter():
    rng = np.random.default_rng(3)
    strings = [reber(rng, embedded=True) for _ in range(500)]
    assert all(s[0] == "B" and s[-1] == "E" and s[1] == s[-2] and s[1] in "TP" for s in strings)
    assert all(walks(s[2:-2]) for s in strings)
    assert 0.4 < np.mean([s[1] == "T" for s in strings]) < 0.6
    assert set("".join(strings)) == set(REBER_LETTERS)


@pytest.mark.parametrize("direction", range(4))
def test_the_dot_moves_one_pixel_a_frame_and_comes_round(direction):
    X, y = moving_dot(200, np.random.default_rng(4), frames=9, flicker=0)
    step = ((0, 1), (1, 0), (0, -1), (-1, 0))[direction]
    films = X[y == direction]
    assert len(films) > 20
    for t in range(8):
        assert np.array_equal(np.roll(films[:, t], step, axis=(1, 2)), films[:, t + 1])
    assert np.array_equal(films[:, 0], films[:, 8])


def test_a_film_run_backwards_shows_the_opposite_direction():
    X, y = moving_dot(400, np.random.default_rng(5), flicker=0)
    turned = X[:, ::-1]
    right = np.roll(turned[:, 0], 1, axis=2)
    says_right = np.array([np.array_equal(a, b) for a, b in zip(right, turned[:, 1], strict=True)])
    assert np.array_equal(says_right, (y + 2) % 4 == 0)


def test_flicker_lights_the_share_it_names():
    X, _ = moving_dot(500, np.random.default_rng(6), flicker=0.1)
    assert X.mean() == pytest.approx(0.1 + 0.9 / 64, abs=0.005)


def test_tunes_are_a_a_b_a_of_neighbouring_notes():
    all_tunes = tunes(300, np.random.default_rng(7))
    assert (all_tunes.min(), all_tunes.max()) == (0, 7)
    a, again, b, last = np.split(all_tunes, 4, axis=1)
    assert np.array_equal(a, again)
    assert np.array_equal(a, last)
    assert np.mean(np.all(a == b, axis=1)) < 0.02
    for phrase in (a, b):
        assert np.abs(np.diff(phrase, axis=1)).max() == 1


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda rng: adding(0, 10, rng), "adding: n=0"),
        (lambda rng: adding(5, 1, rng), "length=1"),
        (lambda rng: moving_dot(0, rng), "moving_dot: n=0"),
        (lambda rng: moving_dot(2, rng, flicker=1.5), "flicker=1.5"),
        (lambda rng: tunes(0, rng), "tunes: n=0"),
    ],
)
def test_impossible_numbers_are_refused(draw, said):
    with pytest.raises(ValueError, match=said):
        draw(np.random.default_rng(0))


def test_a_seed_gives_the_same_sequences():
    for draw in (
        lambda r: adding(4, 9, r)[0],
        lambda r: moving_dot(4, r)[0],
        lambda r: tunes(4, r),
    ):
        assert np.array_equal(draw(np.random.default_rng(8)), draw(np.random.default_rng(8)))
    assert reber(np.random.default_rng(9), True) == reber(np.random.default_rng(9), True)
