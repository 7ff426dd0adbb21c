"""Lesson 07's stored results can be made again, and say what the lesson says of them."""

import numpy as np
import pytest

from lessonlib import datasets
from lessonlib.lessons.l07.recipes import characters, scoreboard
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
