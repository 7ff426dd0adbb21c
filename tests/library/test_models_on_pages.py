"""The weights of a network that a lesson builds on its page load into the one of the library.

From the same weights both give the same outputs and the same gradients, in float64.
"""

from functools import partial

import numpy as np
import pytest
import torch
from page_code import page_code
from torch_oracle import assert_close

from lessonlib import nn
from lessonlib.models import (
    GPT,
    AdditiveAttention,
    AttentionOnly,
    CharacterRNN,
    DateReader,
    ResidualBlock,
    SequenceReader,
    lenet,
    small_cnn,
)
from lessonlib.models.attention_only import AttentionLayer
from lessonlib.models.gpt import Block

DOUBLE = {"dtype": np.float64}


def rng():
    return np.random.default_rng(0)


def in_float64(model):
    """The same model in float64, for pages whose networks have no dtype."""
    for module in model.modules():
        for name, value in vars(module).items():
            if isinstance(value, np.ndarray):
                setattr(module, name, value.astype(np.float64))
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(np.float64)
    return model


def images(*shape):
    return rng().normal(size=shape)


def tokens(high, *shape):
    return rng().integers(0, high, shape)


# network: notebook, names, page's network from these names, the library's, what it is called with
PAIRS = {
    "06 LeNet": (
        "06_convolution",
        ["lenet"],
        lambda page: page.lenet(rng(), np.float64),
        lambda: lenet(**DOUBLE),
        [images(3, 1, 12, 12)],
    ),
    "06 CNN": (
        "06_convolution",
        ["cnn"],
        lambda page: page.cnn(rng()),
        lambda: small_cnn(**DOUBLE),
        [images(3, 1, 12, 12)],
    ),
    "07 Reader": (
        "07_recurrent_networks",
        ["Reader"],
        lambda page: page.Reader(11, 6, 8, 11, rng()),
        lambda: CharacterRNN(11, 6, 8, **DOUBLE),
        [tokens(11, 3, 7)],
    ),
    "08 Reader": (
        "08_lstm_gru",
        ["Reader"],
        lambda page: page.Reader(nn.LSTM(2, 8, rng=rng()), 3, rng()),
        lambda: SequenceReader("LSTM", 2, 8, 3, **DOUBLE),
        [images(3, 7, 2)],
    ),
    "09 attention": (
        "09_attention",
        ["Attention"],
        lambda page: page.Attention(3, 4, 5, rng=rng(), **DOUBLE),
        lambda: AdditiveAttention(3, 4, 5, **DOUBLE),
        [images(2, 6, 3), images(2, 7, 4), np.arange(7) < np.array([[7], [4]])],
    ),
    "10 block": (
        "10_transformer",
        ["Block"],
        lambda page: page.Block(8, 2, rng(), **DOUBLE),
        lambda: Block(8, 2, **DOUBLE),
        [images(3, 5, 8)],
    ),
    "10 GPT": (
        "10_transformer",
        ["Block", "GPT"],
        lambda page: page.GPT(11, 6, D=8, heads=2, rng=rng(), **DOUBLE),
        lambda: GPT(11, 6, width=8, heads=2, **DOUBLE),
        [tokens(11, 3, 6)],
    ),
    "10b layer": (
        "10b_inside_a_transformer",
        ["Layer"],
        lambda page: page.Layer(8, 2, rng(), **DOUBLE),
        lambda: AttentionLayer(8, 2, rng(), **DOUBLE),
        [images(3, 5, 8)],
    ),
    "10b model": (
        "10b_inside_a_transformer",
        ["Layer", "Model"],
        lambda page: page.Model(
            12, 8, [page.Layer(8, 2, rng(), **DOUBLE) for _ in range(2)], rng(), d=8, **DOUBLE
        ),
        lambda: AttentionOnly(12, 8, 8, 2, 2, rng(), **DOUBLE),
        [tokens(12, 3, 8)],
    ),
}

TOLERANCE = {"08 Reader": 1e-6}  # this page's backward starts from zeros in float32


@pytest.mark.parametrize("network", PAIRS)
def test_the_pages_weights_load_and_give_the_same_outputs_and_gradients(network):
    notebook, names, build, build_ours, inputs = PAIRS[network]
    page, ours = in_float64(build(page_code(notebook, *names))), build_ours()
    for parameter in page.parameters():  # norms at 1 and 0 would hide a mistake
        parameter.data += 0.1 * rng().normal(size=parameter.data.shape)
    ours.load_state_dict(page.state_dict())
    y, wanted = ours(*inputs), page(*inputs)
    assert_close(y, wanted)
    dy = rng().normal(size=wanted.shape)
    ours.zero_grad()
    page.zero_grad()
    compare = partial(assert_close, tolerance=TOLERANCE.get(network, 1e-10))
    compare_inputs(ours.backward(dy), page.backward(dy), compare)
    gradients, named = dict(ours.named_parameters()), dict(page.named_parameters())
    assert set(gradients) == set(named)
    for name, parameter in named.items():
        compare(gradients[name].grad, parameter.grad)


def compare_inputs(dx, wanted, compare):
    """One gradient of the input, several, or none because the page leaves it out."""
    if isinstance(wanted, tuple):
        for one, other in zip(dx, wanted, strict=True):
            compare(one, other)
    elif wanted is not None:
        compare(dx, wanted)


def test_the_function_on_the_page_of_lesson_09_is_the_date_reader():
    page = page_code("09_attention", "read_and_answer")
    reader = DateReader(6, attend=True, rng=rng(), **DOUBLE).eval()
    source, before = tokens(20, 3, 18), tokens(12, 3, 10)
    assert_close(reader(source, before), page.read_and_answer(reader, source, before))


def test_the_torch_twin_on_the_page_of_lesson_10_has_the_gpts_keys():
    page = page_code("10_transformer", "TorchBlock", "TorchGPT", torch=torch)
    theirs, ours = page.TorchGPT(11, 6, 8, 2).double(), GPT(11, 6, 8, 2, **DOUBLE)
    ours.load_state_dict(theirs.state_dict())
    ids = tokens(11, 3, 6)
    assert_close(ours(ids), theirs(torch.tensor(ids)))


def test_a_network_of_another_shape_or_with_another_key_is_seen():
    state = ResidualBlock(4, rng=rng()).state_dict()
    with pytest.raises(ValueError, match=r"branch\.0\.weight has shape"):
        ResidualBlock(5).load_state_dict(state)
    state["conv.weight"] = state.pop("branch.0.weight")
    with pytest.raises(ValueError, match=r"missing branch\.0\.weight; unexpected conv\.weight"):
        ResidualBlock(4).load_state_dict(state)


def test_a_name_that_a_page_does_not_define_is_told():
    with pytest.raises(LookupError, match="06_convolution does not define vgg"):
        page_code("06_convolution", "lenet", "vgg")
