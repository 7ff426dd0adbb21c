"""The same work twice: lessonlib in NumPy and torch, from the same weights and data.

A workload's `build(**sizes)` returns two functions without arguments, (numpy_run, torch_run). Each
does one forward and backward pass (a training step where the name says so) and returns its loss.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from benchmarks.torch_gpt import TorchGPT
from lessonlib import nn, optim
from lessonlib.models import GPT

Run = Callable[[], float]


@dataclass(frozen=True)
class Workload:
    """One row of the table: what to build, at which sizes, what to reach."""

    name: str
    goal: float  # largest ratio NumPy time / torch time
    build: Callable[..., tuple[Run, Run]]
    sizes: dict[str, int] = field(default_factory=dict)
    # Multiply-adds in matrix products, forward and backward, counted twice; None: there are none.
    flops: Callable[..., float] | None = None
    sweep: dict[str, list[int]] = field(default_factory=dict)  # size -> values

    def at(self, **changes: int) -> tuple[Run, Run]:
        """(numpy_run, torch_run) at the usual sizes, or at changed ones."""
        return self.build(**(self.sizes | changes))

    def smallest(self) -> tuple[Run, Run]:
        """The same code on one example."""
        return self.at(batch=1)

    def count_flops(self) -> float | None:
        """Operations in matrix products of one run at the usual sizes."""
        return self.flops(**self.sizes) if self.flops else None


def normal(*shape: int) -> np.ndarray:
    """Standard normal float32 numbers, always the same."""
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def integers(high: int, *shape: int) -> np.ndarray:
    """Whole numbers from 0 to high - 1, always the same."""
    return np.random.default_rng(1).integers(0, high, shape)


def copy_weights(source: Any, target: nn.Module) -> None:
    """Give our module the weights of its torch twin."""
    target.load_state_dict({k: v.detach().numpy() for k, v in source.state_dict().items()})


def both_layers(
    ours: nn.Module,
    theirs: Any,
    x: np.ndarray,
    *,
    call: Callable[[Any, Any], Any] = lambda layer, x: layer(x),
    back: Callable[[nn.Module, np.ndarray], Any] = lambda layer, dy: layer.backward(dy),
) -> tuple[Run, Run]:
    """One layer, a fixed random dy: gradients of the input and of all parameters."""
    copy_weights(theirs, ours)
    dy = normal(*call(ours, x).shape) / x.size
    ours.train()  # forgets the cache of the line above
    torch_x, torch_dy = torch.from_numpy(x).requires_grad_(), torch.from_numpy(dy)

    def numpy_run() -> float:
        ours.zero_grad()
        y = call(ours, x)
        back(ours, dy)
        return float((y[0, 0] * dy[0, 0]).sum())

    def torch_run() -> float:
        theirs.zero_grad()
        torch_x.grad = None
        y = call(theirs, torch_x)
        y.backward(torch_dy)
        return float((y[0, 0] * torch_dy[0, 0]).sum().detach())

    return numpy_run, torch_run


def both_training_steps(
    ours: nn.Module,
    theirs: Any,
    make_optimizer: Callable[[Any, Any], Any],
    x: np.ndarray,
    y: np.ndarray,
) -> tuple[Run, Run]:
    """A training step on one batch: forward, cross-entropy, backward, optimizer.

    Scores (N, L, C) for classes (N L,) are laid out as (N L, C)
    """
    copy_weights(theirs, ours)
    if isinstance(ours, nn.Sequential):
        ours[0].needs_dx = False  # the data need no gradient; torch finds that out by itself
    our_loss, our_optimizer = nn.CrossEntropyLoss(), make_optimizer(optim, ours.parameters())
    their_optimizer = make_optimizer(torch.optim, theirs.parameters())
    torch_x, torch_y = torch.from_numpy(x), torch.from_numpy(y)

    def numpy_run() -> float:
        our_optimizer.zero_grad()
        scores = ours(x)
        loss = our_loss(scores.reshape(-1, scores.shape[-1]), y)
        ours.backward(our_loss.backward().reshape(scores.shape))
        our_optimizer.step()
        return float(loss)

    def torch_run() -> float:
        their_optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(theirs(torch_x).flatten(0, -2), torch_y)
        loss.backward()
        their_optimizer.step()
        return float(loss.detach())

    return numpy_run, torch_run


def make_sgd(module: Any, parameters: Any) -> Any:
    """Plain SGD, from lessonlib.optim or torch.optim."""
    return module.SGD(parameters, lr=0.01)


def mlp(batch: int, width: int) -> tuple[Run, Run]:
    """A training step of a three-layer network on 784 inputs."""

    def build(lib: Any) -> Any:
        return lib.Sequential(
            lib.Linear(784, width),
            lib.ReLU(),
            lib.Linear(width, width),
            lib.ReLU(),
            lib.Linear(width, 10),
        )

    x, y = normal(batch, 784), integers(10, batch)
    return both_training_steps(build(nn), build(torch.nn), make_sgd, x, y)


def cnn(batch: int) -> tuple[Run, Run]:
    """A training step of a small convolutional network on 28 x 28 images."""

    def build(lib: Any) -> Any:
        return lib.Sequential(
            lib.Conv2d(1, 16, 3, padding=1),
            lib.ReLU(),
            lib.MaxPool2d(2),
            lib.Conv2d(16, 32, 3, padding=1),
            lib.ReLU(),
            lib.MaxPool2d(2),
            lib.Flatten(),
            lib.Linear(32 * 7 * 7, 10),
        )

    x, y = normal(batch, 1, 28, 28), integers(10, batch)
    return both_training_steps(build(nn), build(torch.nn), make_sgd, x, y)


def conv2d(batch: int, size: int) -> tuple[Run, Run]:
    """One convolution, 16 to 32 channels, 3 x 3, padded."""
    ours, theirs = nn.Conv2d(16, 32, 3, padding=1), torch.nn.Conv2d(16, 32, 3, padding=1)
    return both_layers(ours, theirs, normal(batch, 16, size, size))


def relu_pool(batch: int, size: int) -> tuple[Run, Run]:
    """ReLU, then the maximum over 2 x 2 squares."""
    ours = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2))
    theirs = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.MaxPool2d(2))
    return both_layers(ours, theirs, normal(batch, 16, size, size))


def recurrent(kind: str) -> Callable[..., tuple[Run, Run]]:
    """The builder for one recurrent layer of that kind."""

    def build(batch: int, length: int, hidden: int) -> tuple[Run, Run]:
        ours = getattr(nn, kind)(64, hidden, batch_first=True)
        theirs = getattr(torch.nn, kind)(64, hidden, batch_first=True)
        x = normal(batch, length, 64)
        return both_layers(ours, theirs, x, call=lambda layer, x: layer(x)[0])

    return build


def attention(batch: int, length: int, width: int) -> tuple[Run, Run]:
    """Causal self-attention with four heads."""
    ours = nn.MultiheadAttention(width, 4, batch_first=True)
    theirs = torch.nn.MultiheadAttention(width, 4, batch_first=True)
    mask = torch.nn.Transformer.generate_square_subsequent_mask(length)

    def call(layer: Any, x: Any) -> Any:
        causal = {} if layer is ours else {"attn_mask": mask}
        return layer(x, x, x, need_weights=False, is_causal=True, **causal)[0]

    def back(layer: nn.Module, dy: np.ndarray) -> np.ndarray:
        dquery, dkey, dvalue = layer.backward(dy)
        return dquery + dkey + dvalue

    return both_layers(ours, theirs, normal(batch, length, width), call=call, back=back)


def gpt(batch: int, length: int, width: int) -> tuple[Run, Run]:
    """A training step of the small GPT."""
    vocabulary = 64
    indices, targets = integers(vocabulary, batch, length), integers(vocabulary, batch * length)
    ours, theirs = GPT(vocabulary, length, width), TorchGPT(vocabulary, length, width)
    return both_training_steps(
        ours, theirs, lambda lib, params: lib.Adam(params, lr=1e-3), indices, targets
    )


def batch_norm(batch: int, size: int) -> tuple[Run, Run]:
    """BatchNorm2d in training mode, 16 channels."""
    return both_layers(nn.BatchNorm2d(16), torch.nn.BatchNorm2d(16), normal(batch, 16, size, size))


def layer_norm(batch: int, length: int, width: int) -> tuple[Run, Run]:
    """LayerNorm over the last axis."""
    x = normal(batch, length, width)
    return both_layers(nn.LayerNorm(width), torch.nn.LayerNorm(width), x)


def cross_entropy(batch: int, classes: int) -> tuple[Run, Run]:
    """Softmax cross-entropy, the loss and its gradient."""
    x, y = normal(batch, classes), integers(classes, batch)
    loss = nn.CrossEntropyLoss()
    torch_x, torch_y = torch.from_numpy(x).requires_grad_(), torch.from_numpy(y)

    def numpy_run() -> float:
        value = loss(x, y)
        loss.backward()
        return float(value)

    def torch_run() -> float:
        torch_x.grad = None
        value = torch.nn.functional.cross_entropy(torch_x, torch_y)
        value.backward()
        return float(value.detach())

    return numpy_run, torch_run


def recurrent_flops(gates: int) -> Callable[..., float]:
    """Operations of a recurrent layer with that many gates."""
    # x W^T and h U^T for each gate; backward costs twice the forward pass: dx and dW
    return lambda batch, length, hidden: 6.0 * batch * length * gates * hidden * (64 + hidden)


def attention_flops(batch: int, length: int, width: int) -> float:
    """Operations of attention: four projections, scores, weighted sums."""
    projections, scores = 4 * width * width, 2 * length * width  # per position
    return 6.0 * batch * length * (projections + scores)


def gpt_flops(batch: int, length: int, width: int) -> float:
    """Operations of two blocks and the head."""
    mlps, head = 2 * 8 * width * width, width * 64
    return 2 * attention_flops(batch, length, width) + 6.0 * batch * length * (mlps + head)


def cnn_flops(batch: int) -> float:
    """Operations of the small convolutional network."""
    first, second = 28 * 28 * 16 * 9, 14 * 14 * 32 * 16 * 9
    return batch * (4.0 * first + 6.0 * (second + 32 * 49 * 10))  # no dx for the image


SEQUENCE = {"batch": 32, "length": 50, "hidden": 128}
SEQUENCE_SWEEP = {"batch": [8, 32, 128], "length": [25, 50, 100, 200], "hidden": [64, 128, 256]}

WORKLOADS = [
    Workload(
        "MLP 784-256-256-10, step",
        0.8,
        mlp,
        {"batch": 128, "width": 256},
        lambda batch, width: batch * (4.0 * 784 * width + 6.0 * (width * width + 10 * width)),
        {"batch": [32, 128, 512], "width": [128, 256, 512, 1024]},
    ),
    Workload("CNN 28x28, step", 2.0, cnn, {"batch": 64}, cnn_flops, {"batch": [16, 64, 128]}),
    Workload(
        "Conv2d 16-32, 3x3",
        2.3,
        conv2d,
        {"batch": 32, "size": 28},
        lambda batch, size: 6.0 * batch * size * size * 32 * 16 * 9,
        {"batch": [8, 32, 64], "size": [14, 28, 56]},
    ),
    Workload("ReLU + MaxPool2d, 16 ch", 1.2, relu_pool, {"batch": 32, "size": 28}),
    Workload("RNN 64-128", 0.4, recurrent("RNN"), SEQUENCE, recurrent_flops(1), SEQUENCE_SWEEP),
    Workload("LSTM 64-128", 2.0, recurrent("LSTM"), SEQUENCE, recurrent_flops(4), SEQUENCE_SWEEP),
    Workload("GRU 64-128", 0.6, recurrent("GRU"), SEQUENCE, recurrent_flops(3), SEQUENCE_SWEEP),
    Workload(
        "causal attention, 4 heads",
        1.05,
        attention,
        {"batch": 16, "length": 64, "width": 128},
        attention_flops,
        {"batch": [4, 16, 64], "length": [32, 64, 128, 256], "width": [64, 128, 256]},
    ),
    Workload(
        "GPT, 2 blocks, Adam step",
        1.05,
        gpt,
        {"batch": 16, "length": 64, "width": 64},
        gpt_flops,
        {"batch": [4, 16, 64], "length": [32, 64, 128], "width": [32, 64, 128]},
    ),
    Workload("BatchNorm2d, 16 ch", 1.4, batch_norm, {"batch": 32, "size": 28}),
    Workload("LayerNorm", 2.0, layer_norm, {"batch": 16, "length": 64, "width": 128}),
    Workload("softmax cross-entropy", 1.0, cross_entropy, {"batch": 1024, "classes": 64}),
]
