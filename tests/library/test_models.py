"""Models out of the library's layers, equal to torch from one state dict: GPT, ResNet, encoder."""

import numpy as np
import pytest
import torch
from torch_oracle import assert_close

from lessonlib import nn


def options_of(library):
    """What a layer of either library needs to compute in float64."""
    return {"dtype": np.float64 if library is nn else torch.float64}


class GPTBlock:
    """x + attention(norm(x)), then x + mlp(norm(x)); built from the layers of one library."""

    def build(self, library, width, heads):
        options = options_of(library)
        self.ln_1 = library.LayerNorm(width, **options)
        self.attn = library.MultiheadAttention(width, heads, batch_first=True, **options)
        self.ln_2 = library.LayerNorm(width, **options)
        self.fc = library.Linear(width, 4 * width, **options)
        self.act = library.GELU(approximate="tanh")
        self.proj = library.Linear(4 * width, width, **options)

    def forward(self, x):
        h, L = self.ln_1(x), x.shape[1]
        future = np.triu(np.ones((L, L), dtype=bool), 1)
        future = torch.tensor(future) if isinstance(x, torch.Tensor) else future
        x = x + self.attn(h, h, h, attn_mask=future, need_weights=False)[0]
        return x + self.proj(self.act(self.fc(self.ln_2(x))))


class TorchBlock(GPTBlock, torch.nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(torch.nn, *sizes)


class Block(GPTBlock, nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(nn, *sizes)

    def backward(self, dy):
        dh = self.fc.backward(self.act.backward(self.proj.backward(dy)))
        dx = dy + self.ln_2.backward(dh)
        return dx + self.ln_1.backward(sum(self.attn.backward(dx)))


class GPTModel:
    """Token and position embeddings, two blocks, a norm, a head that shares the token embedding."""

    def build(self, library, block, vocabulary, length, width, heads):
        options = options_of(library)
        self.wte = library.Embedding(vocabulary, width, **options)
        self.wpe = library.Embedding(length, width, **options)
        self.h0, self.h1 = block(width, heads), block(width, heads)
        self.ln_f = library.LayerNorm(width, **options)
        self.head = library.Linear(width, vocabulary, bias=False, **options)
        self.head.weight = self.wte.weight

    def forward(self, tokens, positions):
        x = self.wte(tokens) + self.wpe(positions)
        return self.head(self.ln_f(self.h1(self.h0(x))))


class TorchGPT(GPTModel, torch.nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(torch.nn, TorchBlock, *sizes)


class GPT(GPTModel, nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(nn, Block, *sizes)

    def backward(self, dy):
        dx = self.h0.backward(self.h1.backward(self.ln_f.backward(self.head.backward(dy))))
        self.wpe.backward(dx.sum(axis=0))  # one row of positions serves the whole batch
        self.wte.backward(dx)


class ResidualBlock:
    """relu(x' + bn(conv(relu(bn(conv(x)))))), where x' is x, projected if its shape changes."""

    def build(self, library, inside, outside, stride):
        options = options_of(library)
        conv = {"padding": 1, "bias": False, **options}
        self.conv1 = library.Conv2d(inside, outside, 3, stride=stride, **conv)
        self.bn1 = library.BatchNorm2d(outside, **options)
        self.relu1 = library.ReLU()
        self.conv2 = library.Conv2d(outside, outside, 3, **conv)
        self.bn2 = library.BatchNorm2d(outside, **options)
        self.relu2 = library.ReLU()
        self.downsample = library.Sequential()
        if stride != 1 or inside != outside:
            self.downsample = library.Sequential(
                library.Conv2d(inside, outside, 1, stride=stride, bias=False, **options),
                library.BatchNorm2d(outside, **options),
            )

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(y + self.downsample(x))


class TorchResidual(ResidualBlock, torch.nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(torch.nn, *sizes)


class Residual(ResidualBlock, nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(nn, *sizes)

    def backward(self, dy):
        dy = self.relu2.backward(dy)
        dh = self.relu1.backward(self.conv2.backward(self.bn2.backward(dy)))
        return self.conv1.backward(self.bn1.backward(dh)) + self.downsample.backward(dy)


def resnet(library, block):
    options = options_of(library)
    return library.Sequential(
        library.Conv2d(3, 4, 3, padding=1, bias=False, **options),
        library.BatchNorm2d(4, **options),
        library.ReLU(),
        library.MaxPool2d(2),
        block(4, 4, 1),
        block(4, 8, 2),
        library.AdaptiveAvgPool2d(1),
        library.Flatten(),
        library.Linear(8, 5, **options),
    )


def load_random(theirs, ours):
    """One state dict for both, all entries random (norms at 1 and 0 would hide mistakes)."""
    torch.manual_seed(0)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())


def assert_same_gradients(ours, theirs):
    gradients = dict(ours.named_parameters())
    named = dict(theirs.named_parameters())
    assert list(gradients) == list(named)
    for name, parameter in named.items():
        assert_close(gradients[name].grad, parameter.grad)
    assert not any(module._caches for module in ours.modules())


def test_gpt_with_a_shared_head():
    sizes = (11, 6, 8, 2)  # vocabulary, length, width, heads
    theirs, ours = TorchGPT(*sizes), GPT(*sizes)
    load_random(theirs, ours)
    rng = np.random.default_rng(0)
    tokens, targets = rng.integers(0, 11, (2, 3, 6))
    positions = np.arange(6)
    loss, tloss = nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss()
    logits, tlogits = ours(tokens, positions), theirs(torch.tensor(tokens), torch.tensor(positions))
    assert_close(logits, tlogits)
    value = loss(logits.reshape(18, 11), targets.reshape(18))
    tvalue = tloss(tlogits.reshape(18, 11), torch.tensor(targets).reshape(18))
    assert abs(value - tvalue.item()) < 1e-12
    tvalue.backward()
    ours.backward(loss.backward().reshape(3, 6, 11))
    assert_same_gradients(ours, theirs)
    assert ours.head.weight is ours.wte.weight


@pytest.mark.parametrize("training", [True, False])
def test_resnet(training):
    theirs, ours = resnet(torch.nn, TorchResidual), resnet(nn, Residual)
    load_random(theirs, ours)
    rng = np.random.default_rng(0)
    for _ in range(2):  # the second pass meets running statistics that the first has moved
        x = rng.standard_normal((4, 3, 8, 8))
        tx = torch.tensor(x, requires_grad=True)
        y, ty = ours.train(training).record()(x), theirs.train(training)(tx)
        assert_close(y, ty)
        dy = rng.standard_normal(y.shape)
        theirs.zero_grad()
        ours.zero_grad()
        ty.backward(torch.tensor(dy))
        assert_close(ours.backward(dy), tx.grad)
        assert_same_gradients(ours, theirs)
    state = ours.state_dict()
    for name, value in theirs.state_dict().items():
        assert_close(state[name], value)


def encoders(norm_first, activation, bias, dtype=np.float64, dropout=0.0):
    sizes, options = (8, 2, 12, dropout, activation, 1e-4), {"norm_first": norm_first, "bias": bias}
    theirs = torch.nn.TransformerEncoderLayer(*sizes, batch_first=True, **options)
    theirs = theirs.to(torch.float64)
    ours = nn.TransformerEncoderLayer(*sizes, **options, rng=np.random.default_rng(0), dtype=dtype)
    load_random(theirs, ours)
    return theirs, ours


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("masks", ["none", "causal", "padding", "both"])
def test_encoder_layer_equals_torch(norm_first, activation, bias, masks):
    theirs, ours = encoders(norm_first, activation, bias)
    rng = np.random.default_rng(1)
    x, dy = rng.standard_normal((2, 4, 3, 8)).swapaxes(1, 2)  # (3, 4, 8), not contiguous
    tx = torch.tensor(x, requires_grad=True)
    future = np.triu(np.ones((4, 4), dtype=bool), 1) if masks in ("causal", "both") else None
    padding = np.arange(4) >= np.array([[4], [3], [1]]) if masks in ("padding", "both") else None
    tensors = (None if m is None else torch.tensor(m) for m in (future, padding))
    y, ty = ours(x, future, padding), theirs(tx, *tensors)
    assert_close(y, ty)
    ty.backward(torch.tensor(dy))
    assert_close(ours.backward(dy), tx.grad)
    assert_same_gradients(ours, theirs)


@pytest.mark.parametrize("norm_first", [True, False])
def test_encoder_layer_used_twice(norm_first):
    theirs, ours = encoders(norm_first, "gelu", True)
    x, dy = np.random.default_rng(1).standard_normal((2, 2, 4, 8))
    tx = torch.tensor(x, requires_grad=True)
    theirs(theirs(tx)).backward(torch.tensor(dy))
    ours(ours(x))
    assert_close(ours.backward(ours.backward(dy)), tx.grad)
    assert_same_gradients(ours, theirs)


def test_encoder_layer_is_causal_hides_the_future():
    _, ours = encoders(True, "relu", True)
    x = np.random.default_rng(1).standard_normal((2, 4, 8))
    future = np.triu(np.ones((4, 4), dtype=bool), 1)
    assert np.array_equal(ours(x, is_causal=True), ours(x, future))


@pytest.mark.parametrize("norm_first", [True, False])
def test_encoder_layer_with_dropout_has_the_right_gradient(norm_first):
    """Along a random direction, with the same units silenced in every run."""
    _, ours = encoders(norm_first, "gelu", True, dropout=0.3)
    rng = np.random.default_rng(2)
    x, direction, dy = rng.standard_normal((3, 2, 4, 8))
    start = ours.self_attn.rng.bit_generator.state

    def loss(step):
        ours.self_attn.rng.bit_generator.state = start  # one Generator feeds the whole layer
        return (ours(x + step * direction) * dy).sum()

    numeric = (loss(1e-5) - loss(-1e-5)) / 2e-5
    ours.train()  # forgets both runs
    loss(0)
    analytic = (ours.backward(dy) * direction).sum()
    assert abs(numeric - analytic) <= 1e-7 * max(1, abs(analytic))


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_encoder_layer_float32_and_caches(dropout):
    _, ours = encoders(False, "gelu", True, dtype=np.float32, dropout=dropout)
    x = np.random.default_rng(1).standard_normal((2, 4, 8)).astype(np.float32)
    y = ours(x)
    arrays = [y, ours.backward(y), *(p.grad for p in ours.parameters())]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert np.array_equal(ours.eval()(x), ours(x))  # no dropout
    assert not any(module._caches for module in ours.modules())


def test_encoder_layer_start_values_and_way_back():
    torch.manual_seed(0)
    options = {"d_model": 60, "nhead": 3, "dim_feedforward": 80}
    theirs = torch.nn.TransformerEncoderLayer(
        **options, batch_first=True, dtype=torch.float64
    ).eval()
    ours = nn.TransformerEncoderLayer(**options, rng=np.random.default_rng(0), dtype=np.float64)
    for name, values in theirs.state_dict().items():
        assert abs(ours.state_dict()[name].std() - values.numpy().std()) <= 0.15 * values.std(), (
            name
        )
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((2, 3, 60))
    assert_close(ours.eval()(x), theirs(torch.tensor(x)))


def test_encoder_layer_names_what_it_does_not_support():
    with pytest.raises(NotImplementedError, match="batch_first=False"):
        nn.TransformerEncoderLayer(8, 2, batch_first=False)
    with pytest.raises(NotImplementedError, match="activation='tanh'"):
        nn.TransformerEncoderLayer(8, 2, activation="tanh")
    with pytest.raises(ValueError, match="embed_dim 8 is not a multiple of num_heads 3"):
        nn.TransformerEncoderLayer(8, 3)
