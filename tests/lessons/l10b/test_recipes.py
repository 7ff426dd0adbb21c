"""Stored results of lesson 10b: short versions train, the stored ones hold the lesson's claims."""

import numpy as np
import pytest

from lessonlib.gradcheck import gradcheck_module
from lessonlib.lessons.l10b.recipes import gap, grokking, induction, lens, recall, scale
from lessonlib.lessons.l10b.recipes.shared import answered, repeat_batch
from lessonlib.models.attention_only import LENGTH, VOCABULARY, AttentionOnly
from lessonlib.trained import trained


@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("residual", [True, False])
def test_the_attention_only_model_has_right_gradients(positions, residual):
    rng = np.random.default_rng(0)
    options = {"dtype": np.float64, "positions": positions, "residual": residual}
    model = AttentionOnly(7, 6, 8, 2, 2, rng, **options)
    tokens = rng.integers(0, 7, (3, 6))
    assert gradcheck_module(model, tokens, rng=rng) < 1e-6


def test_no_position_sees_the_future():
    rng = np.random.default_rng(1)
    model = AttentionOnly(9, 8, 16, 2, 4, rng).eval()
    tokens = rng.integers(0, 9, (1, 8))
    other = tokens.copy()
    other[0, 5:] = (other[0, 5:] + 1) % 9
    assert np.array_equal(model(tokens)[:, :5], model(other)[:, :5])


def test_without_the_residual_path_or_positions_the_output_changes():
    tokens = np.array([[1, 2, 3, 2, 1]])
    outputs = [
        AttentionOnly(5, 6, 8, 2, 2, np.random.default_rng(0), **options).eval()(tokens)
        for options in ({}, {"positions": False}, {"residual": False})
    ]
    assert not np.allclose(outputs[0], outputs[1])
    assert not np.allclose(outputs[0], outputs[2])


@pytest.mark.exhaustive
def test_recall_short_run_and_stored_claims():
    made = recall.make(seeds=(4,), steps=50)
    assert made["accuracy"].shape == (1, 3, 1)
    assert np.all(np.abs(made["parameters"] - 40_000) < 1000)
    stored = trained("10b.recall")
    deep, shallow, lstm = stored["accuracy"][:, :, -1].T
    assert deep.min() > 0.9
    assert max(shallow.max(), lstm.max()) < 0.35
    whole, no_positions, no_residual = stored["ablated"][:, :, -1].T
    assert whole.min() > 0.95
    assert 0.9 < no_positions.min() < no_positions.max() < whole.min()
    assert no_residual.min() > 0.95
    third = stored["ablated"][:, :, 2].mean(axis=0)  # both are slower
    assert max(third[1:]) < third[0]


def test_induction_short_run_and_stored_claims():
    made = induction.make(seeds=(4,), steps=25)
    assert made["seen"].shape == (1, 2, 1, 4)
    stored = trained("10b.induction")
    accuracy = stored["seen"][:, :, -1, 0]
    assert accuracy[:, 0].max() < 0.4
    assert accuracy[:, 1].min() > 0.8
    assert stored["seen"][:, 1, -1, 3].min() > 0.4
    assert stored["seen"][:, 0, -1, 3].max() < 0.2


def test_grokking_short_run_and_stored_claims():
    curve, share = grokking.run(1.0, seed=3, steps=60)
    assert curve[-1, 0] > 0.95
    assert curve[-1, 1] < 0.05
    assert 0 < share < 1
    stored = trained("10b.grokking")
    assert stored["accuracy"][:, 0, -1, 1].min() > 0.9
    assert stored["accuracy"][:, 1, :, 1].max() < 0.05
    with_decay, none = np.median(stored["fourier"], axis=0)
    assert with_decay > 1.5 * none


def test_both_sides_tell_more():
    left, both = (
        gap.run(np.array(list(window)), seed=5, steps=150) for window in gap.WINDOWS.values()
    )
    assert left - both > 0.3
    bits = trained("10b.gap")["bits"]
    assert np.all(bits[:, 0] - bits[:, 1] > 1)


def test_larger_is_better():
    made = scale.make(seeds=(2,), steps=2)
    assert made["bits"].shape == (1, 4)
    stored = trained("10b.scale")
    assert np.all(np.diff(stored["bits"].mean(axis=0)) < 0)
    assert stored["parameters"].tolist() == sorted(stored["parameters"])


def test_the_explorers_model_copies_and_its_recipe_trains():
    assert lens.make((1,), steps=2).keys() == trained("10b.lens").arrays.keys()
    model = AttentionOnly(len(VOCABULARY), LENGTH, 32, 2, 4, np.random.default_rng(0))
    model.load_state_dict(trained("10b.lens").arrays)
    rng = np.random.default_rng(7)
    share = answered(model.eval(), repeat_batch(LENGTH, len(VOCABULARY)), rng)
    assert share > 0.5  # the first round cannot be known
