"""Sentences of lesson 07 that its own outputs do not show (see claims.md)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets, optim
from lessonlib.lessons.l07.exercises.exercise_1 import states
from lessonlib.lessons.l07.exercises.exercise_2 import backward
from lessonlib.lessons.l07.exercises.exercise_6 import train
from lessonlib.nn import Parameter
from lessonlib.scoreboard import canvas
from lessonlib.text import NGram, Vocabulary
from lessonlib.trained import trained


@given(st.integers(0, 500))
def test_twins_have_equal_counts_and_opposite_labels(seed):
    (words, labels), _ = datasets.ranks(np.random.default_rng(seed))
    assert np.array_equal(np.sort(words[::2]), np.sort(words[1::2]))
    assert np.array_equal(labels[::2], 1 - labels[1::2])


def test_a_word_in_front_leaves_no_word_that_tells_twins_apart_at_a_place_of_training():
    """Then a table of places, which starts at zero, gives twins the same scores."""
    (words, _), (new, _) = datasets.ranks(np.random.default_rng(0))
    known = {(place, word) for row in words for place, word in enumerate(row)}
    for one, other in zip(new[::2], new[1::2], strict=True):
        differs = np.flatnonzero(one != other)
        assert not {(p + 1, row[p]) for row in (one, other) for p in differs} & known


def test_the_worked_example_of_three_steps():
    x, h0 = np.array([[1.0], [0.0], [2.0]]), np.zeros(1)
    W, U, b = np.array([[0.5]]), np.array([[0.8]]), np.zeros(1)
    h = states(x, h0, W, U, b)
    dW, dU, _ = backward(np.array([[0.0], [0.0], h[2] - 1]), x, h, h0, U)
    assert np.allclose(h.ravel(), [0.4621, 0.3537, 0.8573], atol=5e-5)
    assert np.allclose([dW.item(), dU.item()], [-0.0923, -0.0256], atol=5e-5)


@given(st.integers(0, 2000), st.integers(1, 6), st.integers(1, 12))
def test_a_gradient_grows_at_most_by_the_largest_singular_value_a_step(seed, n, steps):
    r = np.random.default_rng(seed)
    U, g = r.normal(size=(n, n)), r.normal(size=n)
    bound = np.linalg.norm(g) * np.linalg.norm(U, 2) ** steps
    for _ in range(steps):
        g = U.T @ (r.random(n) * g)  # any slopes from 0 to 1
    assert np.linalg.norm(g) <= bound * (1 + 1e-9)


@given(st.integers(0, 2000), st.integers(1, 6))
def test_the_spectral_radius_is_at_most_the_largest_singular_value(seed, n):
    U = np.random.default_rng(seed).normal(size=(n, n))
    assert np.abs(np.linalg.eigvals(U)).max() <= np.linalg.norm(U, 2) * (1 + 1e-9)


def test_gelfand_in_the_long_run():
    U = np.array([[0.8, 4.0], [0.0, 0.8]])
    assert np.linalg.norm(U, 2) == pytest.approx(4.15, abs=0.01)
    long_run = np.linalg.norm(np.linalg.matrix_power(U / 0.8, 20_000), 2) ** (1 / 20_000)
    assert 0.8 * long_run == pytest.approx(0.8, abs=1e-3)


def test_the_mean_square_of_a_step_back():
    """Over random U, as the formula of the page says: the squared norm over n."""
    r, n = np.random.default_rng(0), 8
    v = r.normal(size=n)
    U = r.uniform(-1, 1, (20_000, n, n))
    squares = np.sum(np.einsum("kij,i->kj", U, v) ** 2, axis=1)
    expected = np.sum(U**2, axis=(1, 2)) / n * np.sum(v**2)
    assert squares.mean() == pytest.approx(expected.mean(), rel=0.02)


def test_two_biases_with_one_gradient_move_their_sum_twice_as_far():
    def moved(count):
        biases = [Parameter(np.zeros(3)) for _ in range(count)]
        for bias in biases:
            bias.grad = np.ones(3)
        optim.SGD(biases, 0.1).step()
        return sum(bias.data for bias in biases)

    assert np.allclose(moved(2), 2 * moved(1))


def test_a_training_without_answers_after_the_window_forgets_nothing_forward():
    """The state is carried: with a learning rate of 0 two windows cost what one long one costs."""
    r = np.random.default_rng(0)
    start = tuple(r.normal(size=s) for s in ((4, 5), (4, 4), 4, (5, 4), 5))
    ids = r.integers(0, 5, (2, 9))
    halves = [(ids[:, a : a + 4], ids[:, a + 1 : a + 5]) for a in (0, 4)]
    two = train(start, halves, 0.0, 1.0, 2)[5]
    one = train(start, [(ids[:, :8], ids[:, 1:])], 0.0, 1.0, 1)[5]
    assert np.mean(two) == pytest.approx(one[0])


def page_parts():
    letters = Vocabulary(datasets.prose())
    ids = [letters.encode(datasets.prose(part)) for part in ("train", "validation")]
    return letters, *ids


def test_the_mixture_of_orders_0_to_4_is_the_best_of_its_kind_on_the_validation_pages():
    letters, train_ids, valid_ids = page_parts()
    bits = {
        n: NGram(n, len(letters), "witten-bell").fit(train_ids).bits(valid_ids)
        for n in (2, 3, 4, 5, 6)
    }
    assert min(bits, key=bits.get) == 4
    assert bits[4] == pytest.approx(2.17, abs=0.005)
    assert trained("07.characters")["bits"][:, -1].min() > bits[4]


@given(st.integers(0, 2000))
def test_the_best_mean_of_the_word_game(seed):
    """No shares of 22 words, whatever a predictor makes of them, cost less than log2 22 bits."""
    p = np.random.default_rng(seed).dirichlet(np.ones(22))
    assert -np.log2(p).mean() >= np.log2(22) - 1e-12


def test_a_digit_moved_down_and_asked_later_differs_only_in_its_start():
    """It is the digit in the middle with two more blank rows in front."""
    images, _ = canvas("test")
    moved = np.pad(datasets.shift(images, 0, 2), ((0, 0), (0, 2), (0, 0)))
    assert np.array_equal(moved, np.pad(images, ((0, 0), (2, 0), (0, 0))))
    assert np.array_equal(datasets.shift(images, 0, -2)[:, :10], images[:, 2:])
