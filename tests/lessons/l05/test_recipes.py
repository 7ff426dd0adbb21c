"""Stored results of lesson 05: short versions train, the stored ones hold the lesson's claims."""

import numpy as np
import pytest

from lessonlib.lessons.l05.recipes import augmentation, regularisers
from lessonlib.lessons.l05.recipes import scoreboard as scoreboard_05
from lessonlib.scoreboard import scoreboard
from lessonlib.trained import trained


def test_regularisers_help_when_labels_are_bad():
    plain = regularisers.network(0.0, 0.0, False, seed=3, steps=400)
    treated = regularisers.network(0.01, 0.5, True, seed=3, steps=400)
    assert treated[0] > plain[0]
    assert treated[1] > plain[1] + 0.03


def test_the_simple_methods_answer():
    X, y = np.array([[0.0] * 64, [1.0] * 64, [0.9] * 64]), np.array([3, 5, 5])
    new = np.array([[0.1] * 64, [0.8] * 64])
    assert regularisers.centroid(0, (X, y), new).tolist() == [3, 5]
    assert regularisers.neighbours(1, (X, y), new).tolist() == [3, 5]
    assert regularisers.neighbours(3, (X, y), new).tolist() == [5, 5]
    assert regularisers.ridge(0.1, (X, y), new).tolist() == [3, 5]


def test_one_label_in_five_is_wrong_in_both_parts():
    from lessonlib.datasets import load

    X, y = load("digits", split="train")
    shares = []
    for seed in range(20):
        for images, labels in regularisers.noisy_sets(np.random.default_rng(seed)):
            places = [np.flatnonzero((image == X).all(axis=1))[0] for image in images]
            shares.append(np.mean(labels != y[places]))
    assert np.mean(shares) == pytest.approx(0.2, abs=0.02)


def test_stored_regularisers_hold_the_lessons_numbers():
    stored = trained("05.regularisers")
    assert stored["accuracy"].shape == (20, len(regularisers.METHODS))
    assert np.all(stored["accuracy"][:, 1:] > stored["accuracy"][:, :1])
    assert stored["chosen"].max() == 4  # of 0 to 6: nothing at the strong end
    ridge, neighbours = regularisers.METHODS.index("ridge regression"), -1
    assert stored["chosen"][:, [2, 3, ridge, neighbours]].min() == 1  # nor at the weak one


def test_shifted_digits_help_against_shifts():
    rows = scoreboard_05.make(seeds=(0,), epochs=40)["rows"][0]
    assert np.all(rows[:, 0] == 19_850)
    assert rows[0, 1] > 0.95
    assert rows[1, 2] > rows[0, 2] + 0.2
    assert rows[1, 3] > rows[0, 3] + 0.4


def test_each_digit_moves_by_itself():
    images = np.zeros((200, 5, 5))
    images[:, 2, 2] = 1
    moved = scoreboard_05.shifted(images, np.random.default_rng(0))
    assert len(np.unique(moved, axis=0)) == 25
    assert np.all(moved.sum(axis=(1, 2)) == 1)


def test_the_scoreboards_rows_are_stored():
    rows = scoreboard("05.scoreboard").rows
    assert [row[0] for row in rows] == list(scoreboard_05.MODELS)
    assert rows[0][2] > 0.96
    assert rows[0][4] < 0.2
    assert min(rows[1][2:5]) > 0.93


@pytest.mark.exhaustive
def test_augmentation_helps_against_what_it_mimics():
    pytest.importorskip("torchvision", reason="the recipe's transforms are torchvision's")
    made = augmentation.make(seeds=(0,), epochs=2)
    assert made["accuracy"].shape == (1, 2, 7, 5)
    plain, shift = made["accuracy"][0, :, 0, 1], made["accuracy"][0, :, 1, 1]
    assert np.all(shift > plain)


def test_one_call_on_a_batch_draws_one_set_of_parameters():
    pytest.importorskip("torchvision", reason="the trap is torchvision's")
    import torch

    torch.manual_seed(0)
    equal = torch.arange(144.0).reshape(1, 1, 12, 12).repeat(20, 1, 1, 1)
    turn = augmentation.transforms()["rotation"]
    assert len(torch.unique(turn(equal), dim=0)) == 1
    assert len(torch.unique(augmentation.one_by_one(turn, equal), dim=0)) == 20


def test_stored_augmentation_holds_the_lessons_numbers():
    stored = trained("05.augmentation")
    assert stored["accuracy"].shape == (5, 2, 7, 5)
    for shares in np.median(stored["accuracy"], axis=0):
        assert np.all(np.diag(shares[1:5, 1:5]) - shares[0, 1:] > [0.3, 0.12, 0.02, 0.12])
        assert np.all(np.diag(shares[1:5, 1:5]) == shares[1:5, 1:].max(axis=0))
        assert shares[0, 3] - shares[1, 3] > 0.2
