"""Lesson 07's stored results can be made again, and say what the lesson says of them."""

import numpy as np
import pytest

from lessonlib import datasets
from lessonlib.lessons.l07.recipes import (
    characters,
    held,
    last,
    near,
    rates,
    recall,
    scoreboard,
    windows,
)
from lessonlib.models import trained_character_rnn
from lessonlib.trained import trained


def test_the_first_steps_of_the_character_model_come_back():
    letters, train_ids, valid_ids = characters.text()
    stored = trained("07.characters")
    assert stored["symbols"].tolist() == letters.symbols
    _, again = characters.train(0, train_ids, valid_ids, len(letters), steps=50)
    assert stored["steps"][0] == 50
    assert abs(again[0] - stored["bits"][0, 0]) < 0.1


def test_streams_go_on_where_the_window_before_ended():
    ids = np.arange(characters.STREAMS * 200)
    windows = characters.windows(ids)
    (x, y, begins), (later, _, goes_on) = next(windows), next(windows)
    assert begins
    assert not goes_on
    assert np.array_equal(y, x + 1)
    assert np.array_equal(later[:, 0], x[:, -1] + 1)
    assert [start for _, _, start in (next(windows) for _ in range(3))] == [False, True, False]


def test_the_network_is_between_the_tables():
    stored = trained("07.characters")
    at = dict(zip(stored["steps"].tolist(), stored["bits"].T, strict=True))
    assert np.median(at[300]) < stored["tables"][2]
    assert stored["tables"][3] < at[700].min()
    assert at[1500].max() < stored["tables"][3]
    assert at[3000].min() > 2.18  # tables of orders 0 to 4, mixed


def test_the_weights_give_the_bits_that_are_stored():
    letters, _, valid_ids = characters.text()
    model, stored_letters = trained_character_rnn()
    assert stored_letters.symbols == letters.symbols
    last = trained("07.characters")["bits"][0, -1]
    assert abs(characters.bits(model, valid_ids) - last) < 0.005


def test_far_symbols_are_learned_from_few_starts_and_near_ones_from_all():
    stored = trained("07.recall")
    learned = (stored["accuracy"] > 0.95).mean(axis=0)
    assert np.allclose(learned[:, :2], 1)
    assert learned[:, 4] == pytest.approx([0.2, 0.5, 0.7])
    assert learned[0, 3] == pytest.approx(0.7)
    assert learned[0, 5] == 0
    usual = stored["accuracy"][:, 0]
    assert np.all((usual > 0.95) | (usual < 0.6))
    assert np.mean(stored["longer"] > 0.95) == pytest.approx(0.2)
    assert np.mean(trained("07.near")["accuracy"] > 0.95) == pytest.approx(0.9)


def test_runs_that_learned_may_end_without_a_gradient_and_failed_ones_with_some():
    stored, ten = trained("07.held"), trained("07.recall")["accuracy"][..., 4]
    learned = stored["accuracy"] > 0.95
    assert learned.sum(axis=0).tolist() == [3, 10, 10]
    assert np.array_equal(stored["accuracy"][:10], ten)
    usual = stored["after"][:, 0]
    assert np.median(usual[~learned[:, 0]]) == pytest.approx(1e-4, rel=0.5)
    assert np.median(stored["before"][:, 2]) == pytest.approx(1e-4, rel=0.5)
    assert usual[learned[:, 0]].min() < 1e-50
    assert all(stored["after"][learned[:, k], k].min() < 1e-30 for k in (0, 1, 2))


def test_both_models_use_about_twelve_characters():
    stored = trained("07.last")
    at = stored["last"].tolist().index(12)
    assert np.all(np.abs(stored["bits"][..., at] - stored["bits"][..., -1]) < 0.03)
    assert np.all(stored["bits"][..., 1] - stored["bits"][..., at] > 0.05)


def test_a_reach_of_four_characters_is_enough_for_the_first_steps():
    stored = trained("07.windows")
    late = dict(zip(map(tuple, stored["cases"].tolist()), stored["bits"][..., 1].T, strict=True))
    assert abs(np.median(late[32, 64, 4]) - np.median(late[32, 64, 64])) < 0.03
    assert late[32, 64, 1].min() > max(late[32, 64, 4].max(), late[32, 64, 64].max()) + 0.05
    assert late[128, 16, 16].max() < late[32, 64, 64].min()


def test_a_short_run_of_the_recall_learns_nothing_yet_and_comes_back():
    again = recall.make(seeds=(0,), fillers=(5,), steps=3)
    assert again["accuracy"].shape == (1, 3, 1)
    assert again["left"][0, :, 0] == pytest.approx(trained("07.recall")["left"][0, :, 0], rel=1e-3)
    assert near.make(seeds=(0,), steps=2)["accuracy"].shape == (1,)
    assert held.make(seeds=(0,), k=5, steps=2)["after"].shape == (1, 3)


def test_a_first_step_of_the_models_told_from_the_last_characters(monkeypatch):
    monkeypatch.setattr(last, "PLACES", 50)
    bits = last.make(seeds=(0,), steps=1)["bits"]
    assert bits.shape == (1, 2, 5)
    assert np.all(bits < 8)


def test_the_first_steps_with_a_cut_gradient():
    (bits,) = windows.make(seeds=(0,), cases=((32, 8, 8), (32, 8, 2)), measured=(2,))["bits"]
    assert bits.shape == (2, 1)
    assert np.all(bits < np.log2(103))


def test_a_start_of_the_rates_comes_back():
    stored = trained("07.rates")
    letters, ids, _ = characters.text()
    k = list(stored["tries"]).index("1, free")
    bits, above = rates.train(*rates.TRIES["1, free"], 0, ids, len(letters))
    assert bits == pytest.approx(stored["bits"][0, k], abs=0.05)
    assert above == pytest.approx(stored["above"][0, k], abs=0.05)


def test_row_of_the_scoreboard():
    stored = trained("07.scoreboard")
    assert stored["rows"].shape == (5, 1, 5)
    assert np.all(stored["rows"][..., 1] > 0.92)
    short = scoreboard.make(seeds=(0,), epochs=2)
    assert short["rows"][0, 0, 0] == stored["rows"][0, 0, 0]
    assert short["rows"][0, 0, 1] > 0.3


def test_ranks_hold_twins_that_share_their_words():
    (words, labels), (test_words, test_labels) = datasets.ranks(np.random.default_rng(1))
    assert len(words) + len(test_words) == 2 * 120 * 6
    for sentences, answers in ((words, labels), (test_words, test_labels)):
        assert np.array_equal(np.sort(sentences[::2]), np.sort(sentences[1::2]))
        assert np.array_equal(answers[::2], 1 - answers[1::2])
    assert not {*map(tuple, words)} & {*map(tuple, test_words)}


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_ranks_refuse_a_share_that_leaves_nothing(share):
    with pytest.raises(ValueError, match="wanted a share between 0 and 1"):
        datasets.ranks(np.random.default_rng(0), held_out=share)
