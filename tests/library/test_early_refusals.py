"""What the library refuses before it computes something else than was meant.

Each message names the operation, what was seen and what was wanted.
"""

import copy
import math
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import functional as F
from lessonlib import nn, optim
from lessonlib.nn.pair import PairModule
from lessonlib.sampling import distribution
from lessonlib.text import BytePairEncoding, NGram, Vocabulary
from lessonlib.training import accuracy, fit
from lessonlib.training.steps import random_windows, train_steps

# ---- temperatures


@pytest.mark.parametrize(
    ("temperature", "dtype", "said"),
    [
        (1e-50, np.float32, "temperature 1e-50 is 0.0 in float32"),
        (1e-10, np.float16, "temperature 1e-10 is 0.0 in float16"),
        (1e50, np.float32, "temperature 1e.50 is inf in float32"),
        (1e6, np.float16, "is inf in float16"),
        (math.inf, np.float64, "temperature inf, wanted a finite number"),
        (math.nan, np.float64, "temperature nan, wanted a finite number"),
        (-1e-50, np.float64, "temperature -1e-50, wanted a finite number, 0 or more"),
    ],
)
def test_a_temperature_that_divides_by_nothing_is_refused(temperature, dtype, said):
    with pytest.raises(ValueError, match=said):
        distribution(np.array([1.0, 2.0], dtype), temperature)


@given(st.floats(0, 1e300), st.sampled_from([np.float16, np.float32, np.float64]))
def test_a_temperature_gives_a_distribution_or_words(temperature, dtype):
    try:
        with np.errstate(all="raise", under="ignore", over="ignore"):
            p = distribution(np.array([0.0, 1.0, -np.inf], dtype), temperature)
    except ValueError as error:
        assert "sampling: temperature" in str(error)  # noqa: PT017 (both ways are right)
    else:
        assert p.sum() == pytest.approx(1, abs=1e-2)
        assert p[2] == 0


@pytest.mark.parametrize("top_k", [2.5, 2.0, "2", math.inf])
def test_a_top_k_that_is_no_whole_number_is_refused(top_k):
    with pytest.raises(ValueError, match=f"top_k {top_k}, wanted a whole number"):
        distribution(np.zeros(3), top_k=top_k)


# ---- accuracy


@pytest.mark.parametrize(
    ("scores", "targets", "said"),
    [
        ([3, 1, 2], [3, 1, 0], "target 3 with scores of the same shape"),
        ([0, 1, 1], [0, 1, 0], "scores are int64 like labels"),
        ([True, False], [1, 0], "scores are bool like labels"),
        ([0.0, 1.0, 1.0], [0, 1, 0], "labels or probabilities, wanted logits"),
        ([0.2, 0.7, 1.0], [0, 1, 0], "labels or probabilities, wanted logits"),
        ([1.5, -0.2], [-1, 1], "target -1 with scores"),
        ([[1.5], [-2.0]], [1, 0], "one column"),
        ([[1.5, 0.2], [-2.0, 1]], [1, 2], r"target 2, wanted a class 0\.\.1"),
        ([[1.5, 0.2], [-2.0, 1]], [0.5, 1], r"target 0.5, wanted a class 0\.\.1"),
        ([], [], "wanted at least one"),
        ([[1.5, 0.2, 0.1], [-2.0, 1.0, 0.0]], [[1, 0, 0], [0, 0, 1]], "one 1 in each row"),
    ],
)
def test_accuracy_refuses_what_it_would_count_wrongly(scores, targets, said):
    with pytest.raises(ValueError, match=f"accuracy: .*{said}"):
        accuracy(np.array(scores), np.array(targets))


@pytest.mark.parametrize(
    ("scores", "targets", "share"),
    [
        ([0.0, 0.0], [0, 1], 0.5),  # a network whose weights are 0
        ([0.3, 0.4], [1, 1], 1.0),  # logits that happen to lie between 0 and 1
        ([-1.0, 1.0], [0.0, 1.0], 1.0),
        ([[math.nan, math.nan], [0.0, 1.0]], [1, 1], 0.5),  # a network that has diverged
        ([math.nan, 1.0], [1, 1], 0.5),
        ([[0.1, 0.9], [0.6, 0.4]], [1, 0], 1.0),  # probabilities of classes
        ([[[-1.0], [2.0]]], [[[0], [1]]], 1.0),
    ],
)
def test_accuracy_still_takes_every_right_form(scores, targets, share):
    assert accuracy(np.array(scores), np.array(targets)) == share


# ---- training


def data(n=9, dtype=np.float32):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 2)).astype(dtype), rng.integers(0, 2, n)


def normed(*layers):
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), *layers, nn.Linear(3, 2))


def run(model, optimizer=None, n=9, **settings):
    X, y = data(n)
    optimizer = optimizer or optim.SGD(model.parameters(), lr=0.1)
    settings = {"rng": np.random.default_rng(0), "epochs": 1, "progress": False} | settings
    return fit(model, nn.CrossEntropyLoss(), optimizer, X, y, **settings)


@pytest.mark.parametrize(("n", "batch_size"), [(9, 8), (9, 4), (5, 1), (1, 32)])
def test_a_last_batch_of_one_before_batch_norm_is_refused_before_the_first_epoch(n, batch_size):
    model = normed(nn.Dropout(0.5, rng=np.random.default_rng(3)))
    before = pickle.dumps(model)
    with pytest.raises(ValueError, match=f"fit: {n} examples in batches of {batch_size} leave a"):
        run(model, n=n, batch_size=batch_size)
    assert pickle.dumps(model) == before, "nothing was trained, counted or drawn"


@pytest.mark.parametrize(("n", "batch_size"), [(9, 3), (8, 3), (9, 9), (9, 32)])
def test_other_batches_before_batch_norm_are_trained_on(n, batch_size):
    assert run(normed(), n=n, batch_size=batch_size).stopped == "finished"


def test_one_image_has_enough_values_for_batch_norm():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2))
    X, y = np.random.default_rng(0).normal(size=(5, 1, 4, 4)).astype(np.float32), np.arange(5) % 2
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    rng = np.random.default_rng(0)
    history = fit(model, nn.CrossEntropyLoss(), optimizer, X, y, rng=rng, epochs=1, batch_size=4)
    assert history.stopped == "finished"


def test_a_batch_that_batch_norm_refuses_changes_no_statistics():
    layer = nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match=r"x \(1, 3\) has fewer than two values.*wanted two"):
        layer(np.ones((1, 3), np.float32))
    assert layer.num_batches_tracked == 0


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        (lambda own, other: optim.SGD(other.parameters(), 0.1), "6 of the 6 parameters"),
        (
            lambda own, other: optim.SGD([*own.parameters(), *other.parameters()], 0.1),
            "6 of the 12 parameters",
        ),
        (lambda own, other: optim.Adam(copy.deepcopy(own).parameters()), "6 of the 6 parameters"),
    ],
)
def test_an_optimizer_of_another_model_is_refused(optimizer, said):
    own, other = normed(), normed()
    X, y = data()
    with pytest.raises(ValueError, match=f"fit: {said}.* not in this model"):
        run(own, optimizer(own, other))
    with pytest.raises(ValueError, match=f"train_steps: {said}"):
        list(train_steps(own, nn.CrossEntropyLoss(), optimizer(own, other), [(X, y)]))


def test_an_optimizer_of_a_part_of_the_model_is_fine():
    model = normed()
    before = model[0].weight.data.copy()
    run(model, optim.SGD(model[2].parameters(), lr=0.1))
    assert np.array_equal(model[0].weight.data, before)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"rng": 0}, TypeError, "fit: rng is int, wanted np.random.default_rng"),
        ({"epochs": -1}, ValueError, "fit: epochs must be >= 0, got -1"),
        ({"validation": ([[1.0, 2.0]], [1])}, TypeError, "validation examples are a list"),
    ],
)
def test_settings_that_fail_late_are_refused_early(change, error, said):
    with pytest.raises(error, match=said):
        run(normed(), **change)


def test_nan_among_the_targets_is_no_divergence():
    X, model = data()[0], nn.Linear(2, 1)
    target = np.full((9, 1), np.nan, np.float32)
    optimizer, rng = optim.SGD(model.parameters(), 0.1), np.random.default_rng(0)
    with pytest.raises(ValueError, match="9 entries of the targets are nan or inf"):
        fit(model, nn.MSELoss(), optimizer, X, target, rng=rng)


def test_a_text_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match="a text of 4 ids, wanted more than 4"):
        next(random_windows(np.arange(4), 4, 2, 1, np.random.default_rng(0)))


# ---- optimizers


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda m: optim.SGD(m, lr=0.1), TypeError, r"SGD got a Linear, wanted its \.parameters"),
        (lambda m: optim.Adam(m.weight), TypeError, "Adam got one Parameter, wanted a list"),
        (lambda m: optim.SGD(iter([]), lr=0.1), ValueError, "no parameters: a generator is used"),
        (lambda m: optim.SGD([m.weight], lr=math.inf), ValueError, "lr must be finite, got inf"),
        (lambda m: optim.RMSprop([m.weight], eps=math.inf), ValueError, "eps must be finite"),
        (
            lambda m: optim.Adam([{"params": [m.weight], "lr": -1}]),
            ValueError,
            "lr must be >= 0, got -1",
        ),
        (
            lambda m: optim.AdamW([{"params": [m.weight], "weight_decay": math.nan}]),
            ValueError,
            "weight_decay must be >= 0, got nan",
        ),
    ],
)
def test_optimizers_refuse_what_trains_nothing(make, error, said):
    with pytest.raises(error, match=said):
        make(nn.Linear(2, 1))


# ---- options of layers without parameters

LAYERS = sorted(
    {layer for layer in vars(nn).values() if isinstance(layer, type)}
    & {one for kind in PairModule.__subclasses__() for one in (kind, *kind.__subclasses__())},
    key=lambda layer: layer.__name__,
)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_an_unknown_option_is_refused_and_the_known_ones_are_named(layer):
    with pytest.raises(TypeError) as refused:
        layer(dtype=np.float64)
    said = str(refused.value)
    assert said.startswith(f"{layer.__name__}: no option dtype; ")
    if layer in (nn.Tanh, nn.Sigmoid, nn.LogSigmoid):
        assert said.endswith("it has no options")
    else:
        assert "; wanted " in said
    with pytest.raises(TypeError, match="without a name"):
        layer(1, 2, 3, 4, 5, 6, 7)


def test_the_layers_with_no_options_are_among_those_asked():
    assert {nn.Tanh, nn.Sigmoid, nn.ReLU, nn.MaxPool2d, nn.Flatten, nn.MSELoss} <= set(LAYERS)


def test_a_layer_of_ones_own_has_the_options_of_its_function():
    class Scale(PairModule):
        pair = (lambda x, factor=2.0: (factor * x, factor), lambda dy, factor: factor * dy)

    assert Scale(factor=3.0)(np.ones(1)) == 3.0
    with pytest.raises(TypeError, match="Scale: no option size; wanted factor"):
        Scale(size=3.0)
    for again in (copy.deepcopy(nn.LeakyReLU(0.2)), pickle.loads(pickle.dumps(nn.LeakyReLU(0.2)))):
        assert repr(again) == "LeakyReLU(negative_slope=0.2)"


@pytest.mark.parametrize(
    "loss", [nn.MSELoss, nn.BCEWithLogitsLoss, nn.CrossEntropyLoss, nn.NLLLoss, nn.KLDivLoss]
)
def test_a_reduction_that_does_not_exist_is_refused_when_the_loss_is_made(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__}: reduction='average', wanted 'mean'"):
        loss(reduction="average")
    for reduction in ("mean", "sum", "none"):
        assert repr(getattr(torch.nn, loss.__name__)(reduction=reduction))
        loss(reduction=reduction)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nn.Linear(3, 2.0), r"a parameter of shape \(2\.0, 3\): wanted whole numbers"),
        (lambda: nn.Linear(3, -1), "a parameter of shape .*-1"),
        (lambda: nn.LSTM(3.0, 2), r"a parameter of shape .*3\.0"),
        (lambda: nn.Conv2d(1, 2.0, 3), r"a parameter of shape \(2\.0"),
        (lambda: nn.LayerNorm(4, eps=-1), "LayerNorm: eps=-1"),
        (lambda: nn.RMSNorm(4, eps=math.nan), "RMSNorm: eps=nan"),
        (lambda: nn.BatchNorm1d(4, momentum=9), "BatchNorm1d: eps=1e-05, momentum=9, wanted"),
        (lambda: nn.BatchNorm2d(4, eps=-1), "BatchNorm2d: eps=-1"),
        (lambda: nn.CrossEntropyLoss(label_smoothing=1.5), "label_smoothing=1.5, wanted 0 to 1"),
        (lambda: distribution(np.zeros((2, 0))), r"logits of shape \(2, 0\), wanted at least one"),
    ],
)
def test_sizes_and_options_that_fail_late_are_refused_when_they_are_given(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize("target", [-1.0, 2.0, math.nan])
def test_a_target_that_is_no_probability_is_refused(target):
    with pytest.raises(ValueError, match=r"target .* wanted 0 to 1"):
        F.binary_cross_entropy_with_logits(np.zeros(2), np.array([1.0, target]))


# ---- text


@pytest.mark.parametrize("wrong", [-1, 2, 0.5])
def test_a_vocabulary_decodes_its_own_ids_alone(wrong):
    with pytest.raises(ValueError, match=rf"Vocabulary.decode: id {wrong}, wanted 0 \.\. 1"):
        Vocabulary("ab").decode([0, wrong])


def test_counts_of_ids_that_are_none_are_refused():
    table = NGram(order=1, size=2).fit(np.array([0, 1, 0]))
    with pytest.raises(TypeError, match="ids are float64, wanted integers"):
        NGram(order=1, size=2).fit(np.array([0.9, 1.9, 0.2]))
    with pytest.raises(ValueError, match="ids 7 to 7, wanted 0 to 1"):
        table.probabilities([7])
    for k in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"NGram: k {k}"):
            NGram(order=1, size=2, k=k)
    assert NGram(order=0, size=2).fit(np.array([0, 1])).probabilities([]).sum() == 1


def test_bytes_that_are_cut_or_no_text_are_marked():
    code = BytePairEncoding([])
    assert code.decode(code.encode("né")[:-1]) == "n\ufffd"
    assert code.decode([0xFF, 65]) == "\ufffdA"
