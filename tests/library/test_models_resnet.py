"""Residual block and network against torch: outputs, gradients, running statistics, shortcuts."""

import numpy as np
import pytest
import torch
from torch_oracle import compare_modules, randomized

from lessonlib import nn
from lessonlib.gradcheck import gradcheck_module
from lessonlib.models import ResidualBlock, resnet

DOUBLE = {"dtype": np.float64}


class TorchResidualBlock(torch.nn.Module):
    """ResidualBlock in torch, with the same keys."""

    def __init__(self, channels, after, stride, shortcut):
        super().__init__()
        self.branch = torch.nn.Sequential(
            torch.nn.Conv2d(channels, after, 3, stride, 1, bias=False),
            torch.nn.BatchNorm2d(after),
            torch.nn.ReLU(),
            torch.nn.Conv2d(after, after, 3, 1, 1, bias=False),
            torch.nn.BatchNorm2d(after),
        )
        self.shortcut = shortcut
        self.downsample = torch.nn.Sequential()
        if shortcut and (stride != 1 or channels != after):
            self.downsample = torch.nn.Sequential(
                torch.nn.Conv2d(channels, after, 1, stride, bias=False),
                torch.nn.BatchNorm2d(after),
            )

    def forward(self, x):
        y = self.branch(x)
        return torch.relu(y + self.downsample(x) if self.shortcut else y)


def torch_resnet(layers, channels):
    blocks = [TorchResidualBlock(channels, channels, 1, True) for _ in range((layers - 2) // 2)]
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, channels, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        *blocks,
        torch.nn.AdaptiveAvgPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * channels, 10),
    )


def compare_over_two_passes(ours, theirs, shape, training):
    """The second pass meets running statistics that the first has moved."""
    rng, theirs = np.random.default_rng(0), randomized(theirs).train(training)
    for _ in range(2):
        compare_modules(ours, theirs, rng.normal(size=shape), rng)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("after", "stride", "shortcut"),
    [(3, 1, True), (3, 1, False), (5, 1, True), (3, 2, True), (5, 2, True), (5, 2, False)],
)
def test_a_block_equals_torch(after, stride, shortcut, training):
    ours = ResidualBlock(3, after, stride=stride, shortcut=shortcut, **DOUBLE)
    theirs = TorchResidualBlock(3, after, stride, shortcut)
    compare_over_two_passes(ours, theirs, (4, 3, 6, 6), training)


@pytest.mark.parametrize("training", [True, False])
def test_a_network_equals_torch(training):
    compare_over_two_passes(resnet(8, 4, **DOUBLE), torch_resnet(8, 4), (4, 1, 8, 8), training)


@pytest.mark.parametrize("options", [{}, {"shortcut": False}, {"out_channels": 4, "stride": 2}])
def test_the_gradient_of_a_block_is_right(options):
    rng = np.random.default_rng(0)
    block = ResidualBlock(3, rng=rng, **options, **DOUBLE)
    assert gradcheck_module(block, rng.normal(size=(4, 3, 5, 5)), rng=rng) < 1e-6


def test_a_block_whose_branch_is_zero_leaves_what_is_positive():
    block = ResidualBlock(3, rng=np.random.default_rng(0)).eval()
    block.branch[4].weight.data[:] = 0
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 4)).astype(np.float32)
    np.testing.assert_array_equal(block(x), np.maximum(x, 0))
    block.shortcut = False
    assert not block(x).any()


@pytest.mark.parametrize("layers", [4, 6, 20])
def test_a_network_has_as_many_layers_as_it_says(layers):
    net = resnet(layers)
    assert sum(p.data.ndim > 1 for p in net.parameters()) == layers


def test_other_blocks_and_classes():
    made = []

    def block(channels, **options):
        made.append(options)
        return nn.Conv2d(channels, channels, 3, padding=1, **options)

    net = resnet(6, 4, classes=3, block=block, rng=np.random.default_rng(0), **DOUBLE)
    assert net(np.zeros((2, 1, 12, 12))).shape == (2, 3)
    assert [set(options) for options in made] == [{"rng", "dtype"}] * 2


@pytest.mark.parametrize("layers", [2, 7, 0])
def test_a_number_of_layers_that_does_not_work_is_refused(layers):
    with pytest.raises(ValueError, match=f"resnet: {layers} layers, wanted an even number"):
        resnet(layers)
