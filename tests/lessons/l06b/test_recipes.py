"""Stored results of lesson 06b: short versions train, the stored ones hold the lesson's claims."""

import numpy as np
import pytest

from lessonlib.gradcheck import GradientError, gradcheck_module
from lessonlib.lessons.l06b.recipes import depth, patience, rates, rim, starts, suspects, transfer
from lessonlib.lessons.l06b.recipes import scoreboard as scoreboard_06b
from lessonlib.scoreboard import scoreboard
from lessonlib.trained import trained


@pytest.mark.parametrize("kind", [*depth.KINDS, *depth.WRONG])
def test_one_wrong_shortcut_has_a_wrong_gradient_and_the_others_a_right_one(kind):
    rng = np.random.default_rng(0)
    block, x = depth.BLOCKS[kind](3, rng=rng, dtype=np.float64), rng.normal(size=(4, 3, 5, 5))
    if kind == "shortcut forgotten on the way back":
        with pytest.raises(GradientError):
            gradcheck_module(block, x, rng=rng)
    else:
        assert gradcheck_module(block, x, rng=rng) < 1e-6


def test_shortcuts_add_all_half_or_nothing_of_the_input():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 3, 5, 5))
    made = {
        kind: depth.BLOCKS[kind](3, rng=np.random.default_rng(1), dtype=np.float64).eval()
        for kind in depth.BLOCKS
    }
    branch = made["plain"].branch(x)
    shares = dict(zip(made, (0.0, 1.0, 0.5, 1.0), strict=True))
    for kind, block in made.items():
        np.testing.assert_allclose(block(x), np.maximum(branch + shares[kind] * x, 0), atol=1e-12)


@pytest.mark.parametrize("layers", [6, 8, 20])
def test_a_network_has_as_many_layers_as_it_says(layers):
    net = depth.network("residual", layers, np.random.default_rng(0))
    assert sum(p.data.ndim > 1 for p in net.parameters()) == layers
    plain = depth.network("plain", layers, np.random.default_rng(0))
    sizes = [sum(p.data.size for p in n.parameters()) for n in (net, plain)]
    assert sizes[0] == sizes[1]


@pytest.mark.exhaustive
def test_depth_hurts_the_plain_network_and_not_the_residual_one():
    made = depth.make(seeds=(5,), depths=(6, 20), epochs=5)
    (_, plain), (_, residual) = made["loss"][0]
    assert plain > made["loss"][0, 0, 0] + 0.1
    assert plain > 2 * residual
    assert np.all(made["wrong"][0, 1, 0] > 2 * residual)  # the shortcut left out of backward
    assert made["curves"].shape == (1, 2, 2, 40)


def test_stored_depths_hold_the_lessons_numbers():
    stored = trained("06b.depth")
    plain, residual = stored["loss"][:, 0], stored["loss"][:, 1]
    assert np.all(plain[:, 2] > 5 * plain[:, 0])
    assert np.all(plain[:, 2] > 10 * residual[:, 2])
    assert np.all(stored["test"][:, 1, 2] > stored["test"][:, 0, 2] + 0.2)
    assert np.all(stored["wrong"][:, :, 0] > 5 * residual[:, 2:])


def test_the_new_last_layer_is_new_and_the_rest_is_the_sources():
    rng = np.random.default_rng(0)
    source = transfer.network(rng)
    made = transfer.with_new_end(source, rng)
    old, new = source.state_dict(), made.state_dict()
    assert all(np.array_equal(old[key], new[key]) for key in old if not key.startswith("7."))
    assert not np.array_equal(old["7.weight"], new["7.weight"])
    new["0.weight"][...] = 0
    assert np.any(source.state_dict()["0.weight"])  # a copy


@pytest.mark.exhaustive
def test_borrowed_features_are_read():
    table, chosen, known = transfer.accuracies(seed=7, steps=60, draws=1)
    assert known > 0.75
    assert table.shape == chosen.shape == (4, 5)
    ways = list(transfer.WAYS)
    assert table[2, ways.index("frozen features")] > table[2, ways.index("pixels")] + 0.1


def test_stored_transfer_holds_the_lessons_numbers():
    accuracy = trained("06b.transfer")["accuracy"]
    assert accuracy.shape == (12, 4, 5)
    tuned, frozen, scratch = accuracy.transpose(2, 0, 1)[:3]
    assert np.sum(tuned > scratch, axis=0).tolist() == [11, 9, 7, 6]
    assert np.sum(tuned < scratch, axis=0).tolist() == [0, 3, 4, 4]
    assert abs(np.mean(tuned[:, 3] - scratch[:, 3])) < 0.01  # level with 50 labels
    assert np.all(tuned[:, 3] > frozen[:, 3])
    assert np.all(np.abs(np.mean(tuned - frozen, axis=0))[:3] < 0.05)


def test_stored_suspects_hold_the_lessons_numbers():
    stored = trained("06b.suspects")
    loss = dict(zip(stored["runs"], stored["loss"].T, strict=True))
    for lr in ("0.03", "0.003", "0.001"):
        assert np.all(loss[f"learning rate {lr}"] > loss["plain"])
    assert np.all(loss["20 layers, 60 passes"] < 0.01)
    assert np.all(loss["60 passes"] > 5 * loss["shortcuts"])
    assert np.all(10 * loss["start: both"] < loss["plain"])
    assert np.all(loss["start: both"] < loss["start: kernels near the identity"])
    assert np.all(loss["start: shift 1"] > 2)


def test_the_reader_separates_what_can_be_separated():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 6)
    centres = 4 * rng.normal(size=(5, 9))
    draw = centres[labels] + 0.1 * rng.normal(size=(2, 30, 9))
    assert np.all(transfer.reader(draw[0], labels, draw[1]) == labels)


def test_the_twin_computes_what_the_network_computes():
    import torch

    x = np.random.default_rng(0).random((5, 1, 8, 8)).astype(np.float32)
    for name in ("plain", "shortcuts", "start: both"):
        run = suspects.Run(**vars(suspects.RUNS[name]) | {"layers": 8})
        net = suspects.started(run, np.random.default_rng(1))
        ours, theirs = net(x), suspects.twin(net, run.kind == "residual")(torch.from_numpy(x))
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-4)


def test_a_start_near_the_identity():
    net = suspects.started(suspects.RUNS["start: both"], np.random.default_rng(0))
    branch = net[3].branch
    weight = branch[0].weight.data
    assert np.all(weight[range(8), range(8), 1, 1] > 0.8)
    assert np.abs(weight).mean() < 0.05
    assert np.all(branch[1].bias.data == 1)


def test_an_orthogonal_start_keeps_lengths_and_mixes_channels():
    net = starts.started(1.0, np.random.default_rng(0))
    weight = net[3].branch[0].weight.data.astype(float)
    middle = weight[:, :, 1, 1]
    assert np.count_nonzero(weight) == np.count_nonzero(middle) == 64
    assert np.allclose(middle @ middle.T, np.eye(8), atol=1e-6)
    assert np.abs(middle - np.eye(8)).max() > 0.5
    assert np.all(net[3].branch[1].bias.data == 1)


def test_a_short_run_from_an_orthogonal_start_is_made():
    made = starts.make(seeds=(4,), epochs=1)
    assert made["loss"].shape == made["batch"].shape == made["validation"].shape == (1, 2)
    assert np.all(np.isfinite(made["loss"]))


def test_middles_are_random_kernels_without_neighbours():
    net = rates.started("start: random middles, shift 1", np.random.default_rng(0))
    whole = suspects.started(suspects.Run(shift=1.0), np.random.default_rng(0))
    weight, before = (z[3].branch[0].weight.data for z in (net, whole))
    assert np.count_nonzero(weight) == 64
    assert np.array_equal(weight[:, :, 1, 1], before[:, :, 1, 1])
    assert np.all(net[3].branch[1].bias.data == 1)


@pytest.mark.parametrize("name", ["start: shift 1", "start: orthogonal kernels"])
def test_a_smaller_rate_begins_where_the_other_run_did(name):
    theirs = (
        suspects.started(suspects.RUNS[name], np.random.default_rng(0))
        if name in suspects.RUNS
        else starts.started(starts.SHIFTS[name], np.random.default_rng(0))
    )
    ours = rates.started(name, np.random.default_rng(0)).state_dict()
    assert all(np.array_equal(ours[key], value) for key, value in theirs.state_dict().items())


def test_stored_starts_hold_the_lessons_numbers():
    alone, shifted = trained("06b.starts")["loss"].T
    assert np.all(alone > 2)
    assert np.all(shifted < 0.3)
    smaller = trained("06b.rates")
    loss = dict(
        zip(zip(smaller["runs"], smaller["rates"], strict=True), smaller["loss"].T, strict=True)
    )
    assert np.all(loss["start: orthogonal kernels", 0.003] > 2)
    best = min(np.median(loss["start: shift 1", lr]) for lr in (0.003, 0.001))
    assert round(best, 3) == round(np.median(loss["start: shift 1", 0.001]), 3) == 1.148
    middles = [np.median(loss["start: random middles, shift 1", lr]) for lr in (0.01, 0.003)]
    assert best < round(min(middles), 3) == 1.558
    assert np.all(loss["start: random middles, shift 1", 0.003] > 3 * shifted.max())


@pytest.mark.exhaustive
def test_a_short_run_at_a_smaller_rate_is_made():
    made = rates.make(seeds=(4,), epochs=1)
    assert made["loss"].shape == made["batch"].shape == (1, len(made["runs"]))
    assert np.all(np.isfinite(made["loss"]))


def test_evaluation_and_batches_give_the_same_losses_but_for_the_shift_alone():
    stored = trained("06b.depth")
    loss, batches = (np.median(z, axis=0) for z in (stored["loss"], stored["curves"][..., -8:]))
    assert np.allclose(loss, batches.mean(axis=-1), atol=0.05)
    longer = trained("06b.suspects")
    k = list(longer["runs"]).index("start: shift 1")
    gaps = longer["loss"][:, k] - longer["curves"][:, k, 9]
    assert np.sum(gaps > 0.5) == 1


@pytest.mark.exhaustive
def test_short_runs_are_made():
    made = suspects.make(seeds=(4,), epochs=1)
    assert made["loss"].shape == made["validation"].shape == (1, len(suspects.RUNS))
    assert made["curves"].shape == (1, len(suspects.RUNS), 1)
    assert np.all(np.isfinite(made["curves"]))


@pytest.mark.exhaustive
def test_the_scoreboards_rows_are_stored_and_train():
    rows = scoreboard("06b.scoreboard").rows
    assert [row[1] for row in rows] == [3962, 3962, 11066]
    assert min(row[2] for row in rows) > 0.97
    assert rows[1][4] > 0.5
    short = scoreboard_06b.make(seeds=(3,), epochs=4)["rows"][0]
    assert np.all(short[:, 0] == [3962, 3962, 11066])
    assert short[1, 1] > 0.85


def test_a_patient_run_begins_where_the_others_did():
    for name, run in (("plain", 0.0), ("start: shift 1", 1.0)):
        theirs = suspects.started(suspects.RUNS[name], np.random.default_rng(0)).state_dict()
        ours = patience.started(patience.Longer(run, 0.001), np.random.default_rng(0))
        assert all(np.array_equal(ours.state_dict()[key], theirs[key]) for key in theirs)
    turned = patience.started(patience.RUNS["orthogonal, shift 1"], np.random.default_rng(0))
    theirs = starts.started(1.0, np.random.default_rng(0)).state_dict()
    assert all(np.array_equal(turned.state_dict()[key], theirs[key]) for key in theirs)


def test_short_patient_runs_are_made():
    made = patience.make(seeds=(4,), passes=1, layers=6)
    assert made["loss"].shape == made["validation"].shape == (1, len(patience.RUNS))
    assert np.all(np.isfinite(made["batch"]))


def test_stored_patience_holds_the_lessons_numbers():
    stored, before = trained("06b.patience"), trained("06b.suspects")
    loss = dict(zip(stored["runs"], stored["loss"].T, strict=True))
    right = dict(zip(stored["runs"], stored["validation"].T, strict=True))
    assert np.nanmax(loss["shift 1, 60 passes"]) < 0.06
    assert np.nanmin(right["shift 1, 60 passes"]) > 0.96
    assert np.nanmin(right["shift 1, 32 channels"]) > 0.95
    k = list(before["runs"]).index("60 passes")
    assert np.min(before["loss"][:, k]) > 5 * np.nanmax(loss["shift 1, 60 passes"])
    assert np.nanmin(loss["shift 0, 60 passes, rate 0.003"]) > np.median(before["loss"][:, k])
    assert np.nanmin(loss["shift 0, 32 channels"]) > 1


def test_a_circular_convolution_is_pytorchs_and_passes_the_gradient_check():
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(0)
    conv = rim.CircularConv2d(2, 3, 3, bias=False, rng=rng, dtype=float)
    x = rng.normal(size=(2, 2, 4, 5))
    gradcheck_module(conv, x, rng=rng)
    wide = torch.nn.functional.pad(torch.tensor(x), (1, 1, 1, 1), mode="circular")
    theirs = torch.nn.functional.conv2d(wide, torch.tensor(conv.weight.data))
    assert np.allclose(conv(x), theirs.numpy())


def test_a_run_without_a_rim_begins_with_the_kernels_of_the_others():
    net = rim.started(1.0, np.random.default_rng(0))
    theirs = suspects.started(suspects.RUNS["start: shift 1"], np.random.default_rng(0))
    ours = [parameter.data for parameter in net.parameters()]
    assert len(ours) == len(list(theirs.parameters()))
    assert all(map(np.array_equal, ours, (other.data for other in theirs.parameters())))


def test_short_runs_without_a_rim_are_made():
    made = rim.make(seeds=(4,), epochs=1, layers=6)
    assert made["loss"].shape == made["validation"].shape == (1, 2)
    assert np.all(np.isfinite(made["batch"]))


def test_stored_rim_holds_the_lessons_numbers():
    stored, before = trained("06b.rim"), trained("06b.suspects")
    with_shift, without = stored["loss"].T
    assert np.max(with_shift) < 0.6
    assert np.min(without) > 2.2
    k = list(before["runs"]).index("start: shift 1")
    assert np.min(before["loss"][:, k]) > 2
