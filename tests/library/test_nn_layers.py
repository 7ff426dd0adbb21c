"""Every layer against the torch module of the same name: state, outputs, gradients, defaults."""

import inspect

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch_oracle import assert_close, compare_modules, seeds

from lessonlib import nn

# (name, arguments, shape of x)
PARAMETRIC = [
    ("Linear", (5, 3), {}, (4, 5)),
    ("Linear", (5, 3), {"bias": False}, (2, 4, 5)),
    ("Conv1d", (4, 6, 3), {"stride": 2, "padding": 1, "groups": 2}, (3, 4, 9)),
    ("Conv1d", (2, 3, (2,)), {"dilation": (3,), "bias": False}, (3, 2, 9)),
    ("Conv2d", (3, 4, 3), {"padding": 1}, (2, 3, 6, 5)),
    ("Conv2d", (4, 6, (2, 3)), {"stride": (2, 1), "dilation": (1, 2), "groups": 2}, (2, 4, 6, 7)),
    ("Conv2d", (4, 8, 3), {"groups": 4, "bias": False}, (2, 4, 5, 5)),
    ("ConvTranspose2d", (4, 6, 3), {"stride": 2, "padding": 1, "output_padding": 1}, (2, 4, 3, 4)),
    ("ConvTranspose2d", (4, 6, (2, 3)), {"groups": 2, "dilation": 2, "bias": False}, (2, 4, 3, 4)),
    ("BatchNorm1d", (4,), {}, (6, 4)),
    ("BatchNorm1d", (4,), {"momentum": None, "eps": 1e-3}, (3, 4, 5)),
    ("BatchNorm1d", (4,), {"affine": False}, (3, 4, 5)),
    ("BatchNorm2d", (4,), {"momentum": 0.3}, (3, 4, 5, 2)),
    ("BatchNorm2d", (4,), {"track_running_stats": False}, (3, 4, 5, 2)),
    ("LayerNorm", (6,), {}, (2, 3, 6)),
    ("LayerNorm", ((3, 6),), {"bias": False, "eps": 1e-3}, (2, 3, 6)),
    ("LayerNorm", ([6],), {"elementwise_affine": False}, (2, 3, 6)),
    ("RMSNorm", (6,), {}, (2, 3, 6)),
    ("RMSNorm", ((3, 6),), {"eps": 1e-3}, (2, 3, 6)),
    ("RMSNorm", (6,), {"elementwise_affine": False}, (2, 3, 6)),
    ("Embedding", (7, 3), {}, (2, 5)),
    ("Embedding", (7, 3), {"padding_idx": 2}, (2, 5)),
    ("Embedding", (7, 3), {"padding_idx": -1}, (9,)),
]
PLAIN = [
    ("ReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.2}),
    ("ELU", {"alpha": 0.5}),
    ("Sigmoid", {}),
    ("LogSigmoid", {}),
    ("Tanh", {}),
    ("SiLU", {}),
    ("GELU", {}),
    ("GELU", {"approximate": "tanh"}),
    ("Softmax", {"dim": 1}),
    ("LogSoftmax", {"dim": -1}),
    ("Flatten", {}),
    ("Flatten", {"start_dim": 0, "end_dim": 2}),
    ("MaxPool2d", {"kernel_size": 2}),
    ("MaxPool2d", {"kernel_size": (3, 2), "stride": 1, "padding": 1, "dilation": (1, 2)}),
    ("AvgPool2d", {"kernel_size": 2}),
    ("AvgPool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}),
    ("AvgPool2d", {"kernel_size": 2, "divisor_override": 3}),
    ("AdaptiveAvgPool2d", {"output_size": (2, None)}),
    ("Dropout", {"p": 0.0}),
]
CLASSES = sorted({name for name, *_ in PARAMETRIC + PLAIN})
ids = [f"{name}-{options}" for name, _, options, _ in PARAMETRIC]


def example(name, shape, rng):
    return rng.integers(0, 7, shape) if name == "Embedding" else rng.normal(1, 2, shape)


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize(("name", "args", "options", "shape"), PARAMETRIC, ids=ids)
@settings(max_examples=3)
@given(seed=seeds)
def test_state_outputs_and_gradients(name, args, options, shape, mode, seed):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed % 1000)
    theirs = getattr(torch.nn, name)(*args, **options, dtype=torch.float64)
    for parameter in theirs.parameters():  # ones and zeros would hide an exchange
        torch.nn.init.normal_(parameter)
    ours = getattr(nn, name)(*args, **options, dtype=np.float64)
    theirs(torch.tensor(example(name, shape, rng)))  # running statistics away from their start
    getattr(theirs, mode)()
    compare_modules(ours, theirs, example(name, shape, rng), rng)


@pytest.mark.parametrize(("name", "options"), PLAIN)
def test_layers_without_parameters(name, options):
    rng = np.random.default_rng(0)
    theirs = getattr(torch.nn, name)(**options)
    compare_modules(getattr(nn, name)(**options), theirs, rng.normal(size=(2, 3, 6, 5)), rng)


@pytest.mark.parametrize(("name", "args", "options", "shape"), PARAMETRIC, ids=ids)
def test_start_values_are_drawn_as_torch_draws_them(name, args, options, shape):
    theirs = [getattr(torch.nn, name)(*args, **options).state_dict() for _ in range(200)]
    rng = np.random.default_rng(0)
    ours = [
        getattr(nn, name)(*args, **options, rng=rng)
        if "rng" in signature(name)
        else getattr(nn, name)(*args, **options)
        for _ in range(200)
    ]
    ours = [module.state_dict() for module in ours]
    for key in theirs[0]:
        a = np.stack([state[key] for state in ours])
        b = np.stack([state[key].numpy() for state in theirs])
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        assert abs(a.std() - b.std()) < 0.1 * max(b.std(), 1e-9)
        assert np.array_equal((a == 0).all(axis=0), (b == 0).all(axis=0))  # the padding row
        if name != "Embedding":  # uniform: the ends of the range, too
            assert_close(a.max(), b.max(), 0.05)
            assert_close(a.min(), b.min(), 0.05)


def signature(name):
    return inspect.signature(getattr(nn, name)).parameters


NOT_ASKED_FOR = {
    "device",
    "dtype",
    "_weight",
    "_freeze",
    "args",
    "kwargs",
    "size_average",
    "reduce",
}
LOSSES = ["MSELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "KLDivLoss"]


@pytest.mark.parametrize("name", CLASSES + LOSSES)
def test_arguments_and_defaults_are_torchs(name):
    theirs = inspect.signature(getattr(torch.nn, name)).parameters
    ours = signature(name)
    for argument, parameter in theirs.items():
        if argument in NOT_ASKED_FOR or (name.startswith("BatchNorm") and argument == "bias"):
            continue
        assert argument in ours, f"{name} lacks {argument}"
        assert ours[argument].default == parameter.default, argument
    order = [a for a, p in ours.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert order == [a for a in theirs if a in order]


REFUSED = [
    ("ReLU", {"inplace": True}, "ReLU: option inplace is not supported"),
    ("LeakyReLU", {"inplace": True}, "LeakyReLU: option inplace"),
    ("ELU", {"inplace": True}, "ELU: option inplace"),
    ("SiLU", {"inplace": True}, "SiLU: option inplace"),
    ("Dropout", {"inplace": True}, "Dropout: option inplace"),
    ("Softmax", {}, "Softmax: option dim=None"),
    ("MaxPool2d", {"kernel_size": 2, "ceil_mode": True}, "MaxPool2d: option ceil_mode"),
    ("MaxPool2d", {"kernel_size": 2, "return_indices": True}, "MaxPool2d: option return_indices"),
    ("AvgPool2d", {"kernel_size": 2, "ceil_mode": True}, "AvgPool2d: option ceil_mode"),
    *(
        (
            "Conv2d",
            {"in_channels": 1, "out_channels": 1, "kernel_size": 1, "padding_mode": mode},
            f"Conv2d: option padding_mode='{mode}'",
        )
        for mode in ("reflect", "replicate", "circular")
    ),
    *(
        (
            "Embedding",
            {"num_embeddings": 3, "embedding_dim": 2, option: value},
            f"Embedding: option {option}",
        )
        for option, value in (
            ("max_norm", 1.0),
            ("norm_type", 1.0),
            ("scale_grad_by_freq", True),
            ("sparse", True),
        )
    ),
]


@pytest.mark.parametrize(("name", "options", "message"), REFUSED)
def test_what_is_not_supported_is_refused_by_name(name, options, message):
    with pytest.raises(NotImplementedError, match=message):
        getattr(nn, name)(**options)


WRONG = [
    (lambda: nn.Conv2d(3, 4, 3, groups=2), "Conv2d: groups=2, wanted a divisor"),
    (lambda: nn.Conv2d(3, 4, 3, padding="same"), "Conv2d: padding='same'"),
    (lambda: nn.Conv1d(3, 4, (3, 3)), r"Conv1d: kernel_size=\(3, 3\)"),
    (lambda: nn.Dropout(2.0), "Dropout: p=2.0"),
    (lambda: nn.GELU("fast"), "GELU: approximate='fast'"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), "Embedding: padding_idx=3"),
    (lambda: nn.BatchNorm2d(3)(np.ones((2, 3), np.float32)), r"BatchNorm2d: x \(2, 3\), wanted"),
    (lambda: nn.BatchNorm1d(3)(np.ones((2, 4), np.float32)), r"wanted \(N, 3\) or \(N, 3, L\)"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


LOSS_CASES = [
    ("MSELoss", {}, {"reduction": "none"}),
    ("BCEWithLogitsLoss", {"weight": 3, "pos_weight": 3}, {}),
    ("CrossEntropyLoss", {"weight": 3}, {"label_smoothing": 0.1, "ignore_index": 1}),
    ("NLLLoss", {"weight": 3}, {"reduction": "sum"}),
    ("KLDivLoss", {}, {"reduction": "batchmean", "log_target": True}),
]


@pytest.mark.parametrize(("name", "weights", "options"), LOSS_CASES)
def test_losses(name, weights, options):
    rng = np.random.default_rng(0)
    arrays = {key: rng.uniform(0.5, 2, size) for key, size in weights.items()}
    x = rng.normal(size=(6, 3))
    target = (
        rng.integers(0, 3, 6) if name in ("CrossEntropyLoss", "NLLLoss") else rng.random((6, 3))
    )
    ours = getattr(nn, name)(**arrays, **options)
    theirs = getattr(torch.nn, name)(
        **{key: torch.tensor(array) for key, array in arrays.items()}, **options
    )
    tensor = torch.tensor(x, requires_grad=True)
    wanted = theirs(tensor, torch.tensor(target))
    loss = ours(x, target)
    assert_close(loss, wanted)
    dy = rng.normal(size=np.shape(loss))[()] if np.ndim(loss) else 1.0
    wanted.backward(torch.tensor(dy, dtype=torch.float64))
    assert_close(ours.backward(dy) if np.ndim(loss) else ours.backward(), tensor.grad)
    assert not ours._caches


def test_dropout_draws_from_its_own_generator():
    x = np.ones((20, 20), np.float32)
    first, second = (nn.Dropout(0.5, rng=np.random.default_rng(3)) for _ in range(2))
    y = first(x)
    assert np.array_equal(y, second(x))
    assert not np.array_equal(y, first(x))  # a new mask each time
    assert y.dtype == np.float32
    assert np.array_equal(first.eval()(x), x)
