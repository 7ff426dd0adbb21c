"""LeNet and the small CNN: equal to torch, as large as the lesson says, stored as trained."""

import numpy as np
import pytest
from torch import nn as torch_nn
from torch_oracle import compare_modules, randomized

from lessonlib.models import drawing_network, lenet, small_cnn
from lessonlib.scoreboard import canvas
from lessonlib.training import accuracy

DOUBLE = {"dtype": np.float64}


def torch_lenet():
    return torch_nn.Sequential(
        torch_nn.Conv2d(1, 6, 5, padding=2),
        torch_nn.Tanh(),
        torch_nn.MaxPool2d(2),
        torch_nn.Conv2d(6, 16, 5, padding=2),
        torch_nn.Tanh(),
        torch_nn.MaxPool2d(2),
        torch_nn.Flatten(),
        torch_nn.Linear(144, 120),
        torch_nn.Tanh(),
        torch_nn.Linear(120, 84),
        torch_nn.Tanh(),
        torch_nn.Linear(84, 10),
    )


def torch_small_cnn(first, second, size, classes):
    return torch_nn.Sequential(
        torch_nn.Conv2d(1, first, size, padding=size // 2),
        torch_nn.ReLU(),
        torch_nn.MaxPool2d(2),
        torch_nn.Conv2d(first, second, 3, padding=1),
        torch_nn.ReLU(),
        torch_nn.MaxPool2d(3),
        torch_nn.Flatten(),
        torch_nn.Linear(4 * second, classes),
    )


def equals_torch(ours, theirs):
    rng = np.random.default_rng(0)
    compare_modules(ours, randomized(theirs), rng.normal(size=(3, 1, 12, 12)), rng)


def parameters(model):
    return sum(p.data.size for p in model.parameters())


def test_lenet_equals_torch():
    equals_torch(lenet(**DOUBLE), torch_lenet())


@pytest.mark.parametrize(
    ("channels", "size", "classes"), [((12, 24), 3, 10), ((8, 16), 5, 10), ((3, 4), 3, 5)]
)
def test_the_small_cnn_equals_torch(channels, size, classes):
    equals_torch(
        small_cnn(channels, size, classes, **DOUBLE), torch_small_cnn(*channels, size, classes)
    )


def test_they_have_the_parameters_that_the_lesson_names():
    assert parameters(lenet()) == 30_986
    assert parameters(small_cnn()) == 3_706
    assert parameters(small_cnn((8, 16), kernel_size=5)) == 2_026


def test_one_seed_gives_one_network():
    for build in (lenet, small_cnn):
        one, same, other = (build(rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
        for name, value in one.state_dict().items():
            assert np.array_equal(value, same.state_dict()[name])
            assert not np.array_equal(value, other.state_dict()[name])


def test_the_stored_network_reads_digits():
    model, (X, y) = drawing_network(), canvas("test")
    assert not model.training
    assert parameters(model) == 2_026
    assert accuracy(model(X[:, None]), y) > 0.95
    with pytest.raises(KeyError, match=r"no result '06\.drawings'"):
        drawing_network("06.drawings")
