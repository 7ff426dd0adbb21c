"""Stored results of lesson 08: short versions train, the stored ones hold the lesson's claims."""

import numpy as np
import pytest

from lessonlib import nn
from lessonlib.lessons.l08.recipes import adding, bank, forget
from lessonlib.lessons.l08.recipes import letters as letters_08
from lessonlib.lessons.l08.recipes import scoreboard as scoreboard_08
from lessonlib.scoreboard import scoreboard
from lessonlib.trained import trained


def test_a_short_sum_is_learned_and_training_stops_when_solved():
    rng = np.random.default_rng(0)
    model = adding.network("GRU", rng, hidden=16)
    losses = adding.train(model, 6, 0.01, 1200, rng)
    assert len(losses) < 1200
    assert adding.error(model, 6) < 0.02
    assert len(adding.train(model.train(), 6, 0.01, 5, rng)) == 5


def test_the_recipe_keeps_one_lstm_and_pads_the_losses():
    made = adding.make(seeds=(0,), steps=3)
    assert made["losses"].shape == (3, 1, 3)
    assert np.all(made["steps"] == 3)
    assert {name for name in made if name.startswith("lstm.")} == {
        f"lstm.{name}" for name in adding.network("LSTM", np.random.default_rng(0)).state_dict()
    }


def test_stored_adding_holds_the_lessons_numbers():
    stored = trained("08.adding")
    assert stored["kinds"].tolist() == ["RNN", "LSTM", "GRU"]
    rnn, lstm, gru = stored["error"]
    assert np.all(np.abs(rnn - 1 / 6) < 0.02)
    assert np.all(lstm < 0.01)
    assert np.all(gru < 0.01)
    steps = np.median(stored["steps"], axis=1)
    assert steps[0] == adding.STEPS
    assert steps[2] < steps[1] < steps[0]
    assert 240 <= stored["steps"][2].min() <= stored["steps"][2].max() <= 260


def test_the_forget_bias_is_set_as_the_sum_of_both_biases():
    lstm = nn.LSTM(2, 3, rng=np.random.default_rng(0))
    adding.set_forget_bias(lstm, -4.0)
    total = lstm.bias_ih_l0.data + lstm.bias_hh_l0.data
    assert total[3:6].tolist() == [-4.0] * 3
    assert not np.any(total[:3] == -4.0)


def test_a_shut_forget_gate_costs_steps():
    made = forget.make(seeds=(0,), steps=2)
    assert made["steps"].tolist() == [[2]] * len(forget.BIASES)
    stored = trained("08.forget")
    middle = dict(zip(stored["biases"], np.median(stored["steps"], axis=1), strict=True))
    assert np.all(stored["steps"][0] == stored["cap"])
    assert np.all(stored["steps"][1:] < stored["cap"])
    assert middle[-6] > 1.3 * middle[3]


def test_the_telling_word_comes_again_or_never():
    for kind, times in (("again", 2), ("never", 1)):
        words, place, sense = bank.sentences(200, kind, np.random.default_rng(1))
        for sentence, at, which in zip(words, place, sense, strict=True):
            told = np.isin(sentence, bank.TELLING[which])
            assert told.sum() == times
            assert not np.isin(sentence, bank.TELLING[1 - which]).any()
            assert told[:at].sum() == 1


def test_the_probe_reads_what_is_linear_and_guesses_at_noise():
    rng = np.random.default_rng(2)
    sense = rng.integers(0, 2, 1500)
    states = rng.normal(size=(1500, 8))
    assert bank.probe(states, sense) == pytest.approx(0.5, abs=0.06)
    states[:, 3] += 4 * sense
    assert bank.probe(states, sense) > 0.95


def test_stored_probes_hold_the_lessons_numbers():
    stored = trained("08.bank")
    again, never = stored["probe"]
    assert again.min() > 0.97
    assert never.max() < stored["untrained"].min()
    made = bank.make(seeds=(0,), steps=5)
    assert made["probe"].shape == (2, 1)
    assert made["again.rnn.weight_hh_l0"].shape == (192, 48)
    assert set(made) == set(stored.arrays)  # under the names that the page reads


def test_letters_have_equal_parameters_and_beat_the_pair_table():
    stored = trained("08.letters")
    size = dict(zip(stored["networks"], stored["parameters"], strict=True))
    for name in ("RNN 249", "GRU 148"):
        assert abs(size[name] - size["LSTM 128"]) < 0.005 * size["LSTM 128"]
    middle = np.median(stored["bits"], axis=1)
    assert np.all(middle < stored["tables"][1] - 0.5)
    assert np.all(middle > stored["tables"][3])
    named = dict(zip(stored["networks"], stored["bits"], strict=True))
    assert np.all(named["GRU 148"] + 0.3 < named["LSTM 128"])
    assert np.all(abs(named["GRU 148"] - named["RNN 249"]) < 0.1)


def test_a_short_letters_run_lowers_the_bits():
    from lessonlib.datasets import prose
    from lessonlib.text import Vocabulary

    letters, rng = Vocabulary(prose()), np.random.default_rng(0)
    ids = letters.encode(prose("train")[:50_000])
    model = letters_08.network("GRU", 24, len(letters), rng)
    before = letters_08.bits(model, ids)
    letters_08.train(model.train(), ids, 30, rng)
    assert before == pytest.approx(np.log2(len(letters)), abs=0.3)
    assert letters_08.bits(model, ids) < before - 1


@pytest.mark.exhaustive
def test_rows_are_read_and_moved_digits_suffer_less_than_in_an_mlp():
    rows = scoreboard_08.make(seeds=(0,), epochs=10)["rows"][0]
    assert rows[:, 0].tolist() == [20_618, 20_785]
    assert np.all(rows[:, 1] > 0.8)
    stored, mlp = scoreboard("08.scoreboard").rows, scoreboard("02.scoreboard").rows[0]
    assert [row[0] for row in stored] == list(scoreboard_08.MODELS)
    assert all(row[2] > 0.955 for row in stored)
    assert all(row[3] > mlp[3] + 0.1 and row[4] > mlp[4] + 0.15 for row in stored)
