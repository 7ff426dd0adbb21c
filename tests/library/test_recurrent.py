"""RNN, LSTM and GRU against torch, against central differences, and at their edges."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_oracle import assert_close

from lessonlib import nn
from lessonlib.functional import recurrent as F

KINDS = ("RNN", "LSTM", "GRU")


def twins(kind, *sizes, dtype=np.float64, seed=0, **options):
    """The torch module and ours with the same weights, both float64 unless asked otherwise."""
    torch.manual_seed(seed)
    theirs = getattr(torch.nn, kind)(*sizes, batch_first=True, **options)
    theirs = theirs.to(torch.float64 if dtype == np.float64 else torch.float32)
    ours = getattr(nn, kind)(*sizes, **options, dtype=dtype)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def pack(kind, states):
    """States as the module takes them: one array, or a pair for LSTM, or None."""
    if states is None:
        return None
    return tuple(states) if kind == "LSTM" else states[0]


def unpack(kind, states):
    return list(states) if kind == "LSTM" else [states]


def tensor(array):
    return torch.tensor(array, requires_grad=True)


def compare(kind, sizes, N, L, seed, with_state=True, with_dy=True, with_dfinal=True, **options):
    """Outputs, final states and every gradient of one forward and backward against torch's."""
    rng = np.random.default_rng(seed)
    theirs, ours = twins(kind, *sizes, seed=seed, **options)
    count = theirs.num_layers * (2 if theirs.bidirectional else 1)
    x = rng.standard_normal((L, N, sizes[0])).swapaxes(0, 1)  # not contiguous
    shape = (count, N, sizes[1])
    states = [rng.standard_normal(shape) for _ in range(2 if kind == "LSTM" else 1)]
    states = states if with_state else None
    tx, tstates = tensor(x), states and [tensor(s) for s in states]

    y, finals = ours(x, pack(kind, states))
    ty, tfinals = theirs(tx, pack(kind, tstates))
    finals, tfinals = unpack(kind, finals), unpack(kind, tfinals)
    assert_close(y, ty)
    for final, tfinal in zip(finals, tfinals, strict=True):
        assert_close(final, tfinal)

    dy = rng.standard_normal(y.shape) if with_dy else None
    dfinals = [rng.standard_normal(shape) if with_dfinal else None for _ in finals]
    loss = 0 if dy is None else (ty * torch.tensor(dy)).sum()
    for tfinal, dfinal in zip(tfinals, dfinals, strict=True):
        loss = loss if dfinal is None else loss + (tfinal * torch.tensor(dfinal)).sum()
    loss.backward()
    dx, dstates = ours.backward(dy, *dfinals)
    assert_close(dx, tx.grad)
    for index, dstate in enumerate(unpack(kind, dstates)):
        if states is None:
            assert dstate is None
        else:
            assert_close(dstate, tstates[index].grad)
    gradients = dict(ours.named_parameters())
    for name, parameter in theirs.named_parameters():
        assert_close(gradients[name].grad, parameter.grad)
    assert not ours._caches


@given(
    kind=st.sampled_from([*KINDS, "relu"]),
    sizes=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    num_layers=st.integers(1, 3),
    N=st.integers(0, 3),
    L=st.integers(1, 6),
    bias=st.booleans(),
    bidirectional=st.booleans(),
    with_state=st.booleans(),
    upstream=st.sampled_from([(True, True), (True, False), (False, True)]),
    seed=st.integers(0, 10**6),
)
def test_equals_torch(kind, sizes, N, L, seed, with_state, upstream, **options):
    if kind == "relu":
        kind, options["nonlinearity"] = "RNN", "relu"
    compare(kind, sizes, N, L, seed, with_state, *upstream, **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("N", "L"), [(1, 1), (0, 3), (3, 1), (1, 40)])
def test_edges_equal_torch(kind, N, L):
    compare(kind, (3, 4), N, L, seed=N + L, num_layers=2, bidirectional=True)


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_along_a_random_direction(kind):
    rng = np.random.default_rng(3)
    forward, backward = getattr(F, kind.lower()), getattr(F, kind.lower() + "_backward")
    gates, states = {"RNN": (1, 1), "LSTM": (4, 2), "GRU": (3, 1)}[kind]
    N, L, D, H = 2, 5, 3, 4
    shapes = [
        (N, L, D),
        *[(N, H)] * states,
        (gates * H, D),
        (gates * H, H),
        (gates * H,),
        (gates * H,),
    ]
    point = [rng.standard_normal(s) for s in shapes]
    direction = [rng.standard_normal(s) for s in shapes]
    outputs, cache = forward(*point)
    upstream = [rng.standard_normal(o.shape) for o in outputs]
    gradients = backward(upstream[0], cache, *upstream[1:])

    def loss(step):
        outputs, _ = forward(*(p + step * d for p, d in zip(point, direction, strict=True)))
        return sum((o * u).sum() for o, u in zip(outputs, upstream, strict=True))

    numeric = (loss(1e-5) - loss(-1e-5)) / 2e-5
    analytic = sum((g * d).sum() for g, d in zip(gradients, direction, strict=True))
    assert abs(numeric - analytic) <= 1e-7 * max(1, abs(analytic))


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32(kind):
    ours = getattr(nn, kind)(3, 4, num_layers=2, bidirectional=True)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 5, 3)).astype(np.float32)
    states = [
        rng.standard_normal((4, 2, 4)).astype(np.float32) for _ in range(1 + (kind == "LSTM"))
    ]
    y, finals = ours(x, pack(kind, states))
    dx, dstates = ours.backward(np.ones_like(y), *unpack(kind, finals))
    arrays = [y, dx, *unpack(kind, finals), *unpack(kind, dstates)]
    arrays += [p.grad for p in ours.parameters()]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("kind", KINDS)
def test_float32_agrees_with_torch(kind):
    theirs, ours = twins(kind, 8, 16, dtype=np.float32)
    x = np.random.default_rng(0).standard_normal((4, 12, 8)).astype(np.float32)
    assert np.abs(ours(x)[0] - theirs(torch.tensor(x))[0].detach().numpy()).max() < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_used_twice(kind):
    theirs, ours = twins(kind, 3, 3)
    rng = np.random.default_rng(1)
    x, dy = rng.standard_normal((2, 2, 4, 3))
    tx = tensor(x)
    theirs(theirs(tx)[0])[0].backward(torch.tensor(dy))
    ours(ours(x)[0])
    dx = ours.backward(ours.backward(dy)[0])[0]
    assert_close(dx, tx.grad)
    gradients = dict(ours.named_parameters())
    for name, parameter in theirs.named_parameters():
        assert_close(gradients[name].grad, parameter.grad)


@pytest.mark.parametrize("kind", KINDS)
def test_caches(kind):
    ours = getattr(nn, kind)(2, 3)
    x = np.zeros((1, 2, 2), np.float32)
    y, _ = ours(x)
    assert len(ours._caches) == 1
    ours.backward(y)
    assert not ours._caches
    ours.eval()(x)
    assert not ours._caches
    with pytest.raises(RuntimeError, match=f"{kind}.backward"):
        ours.backward(y)


@pytest.mark.parametrize("kind", KINDS)
def test_writing_into_the_output_leaves_the_gradient_alone(kind):
    _, ours = twins(kind, 3, 4)
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    y, _ = ours(x)
    dx, _ = ours.backward(np.ones_like(y))
    y, finals = ours(x)
    for array in (y, *unpack(kind, finals)):
        array[:] = 7
    assert np.array_equal(ours.backward(np.ones_like(y))[0], dx)


@pytest.mark.parametrize("kind", KINDS)
def test_backward_leaves_its_arguments_alone(kind):
    _, ours = twins(kind, 3, 4)
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    y, finals = ours(x)
    upstream = [np.ones_like(a) for a in (y, *unpack(kind, finals))]
    ours.backward(*upstream)
    assert all((u == 1).all() for u in upstream)


@pytest.mark.parametrize("kind", KINDS)
def test_large_inputs_saturate_without_warning(kind):
    theirs, ours = twins(kind, 3, 4)
    x = 1e5 * np.random.default_rng(0).standard_normal((2, 5, 3))
    assert_close(ours(x)[0], theirs(torch.tensor(x))[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [True, False])
def test_state_dict_goes_both_ways(kind, bias):
    options = {"num_layers": 3, "bidirectional": True, "bias": bias}
    theirs, ours = twins(kind, 3, 4, **options)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    fresh = getattr(nn, kind)(3, 4, **options, rng=np.random.default_rng(5), dtype=np.float64)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in fresh.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    assert_close(fresh(x)[0], theirs(torch.tensor(x))[0])


@pytest.mark.parametrize("kind", KINDS)
def test_start_values(kind):
    ours, again = (getattr(nn, kind)(20, 25, rng=np.random.default_rng(0)) for _ in range(2))
    for (_, p), (_, q) in zip(ours.named_parameters(), again.named_parameters(), strict=True):
        assert np.array_equal(p.data, q.data)
        assert np.abs(p.data).max() <= 0.2  # 1 / sqrt(25)
    weights = ours.weight_ih_l0.data
    assert abs(weights.mean()) < 0.02
    assert 0.9 < weights.std() / (0.2 / np.sqrt(3)) < 1.1


def test_repr():
    assert repr(nn.LSTM(3, 4, num_layers=2, bidirectional=True)).startswith(
        "LSTM(3, 4, num_layers=2, bidirectional=True)"
    )
    assert "nonlinearity='relu'" in repr(nn.RNN(3, 4, nonlinearity="relu", bias=False))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("options", "named"),
    [({"batch_first": False}, "batch_first=False"), ({"dropout": 0.5}, "dropout")],
)
def test_unsupported_options_are_named(kind, options, named):
    with pytest.raises(NotImplementedError, match=f"{kind}.*{named}"):
        getattr(nn, kind)(3, 4, **options)


def test_states_of_the_wrong_kind_are_named():
    x, state = np.zeros((2, 5, 3), np.float32), np.zeros((1, 2, 4), np.float32)
    with pytest.raises(ValueError, match=r"LSTM: hx must be the pair \(h0, c0\), got 3"):
        nn.LSTM(3, 4)(x, (state, state, state))
    with pytest.raises(ValueError, match=r"gru: initial state has shape \(2, 1, 2, 4\)"):
        nn.GRU(3, 4)(x, (state, state))
    with pytest.raises(TypeError, match="state is float64"):
        nn.RNN(3, 4)(x, state.astype(np.float64))


def test_other_unsupported_options_are_named():
    with pytest.raises(NotImplementedError, match=r"LSTM.*proj_size"):
        nn.LSTM(3, 4, proj_size=2)
    with pytest.raises(ValueError, match=r"nonlinearity.*'sigmoid'"):
        nn.RNN(3, 4, nonlinearity="sigmoid")
    with pytest.raises(ValueError, match=r"nonlinearity.*'sigmoid'"):
        F.rnn(np.ones((1, 1, 1)), None, np.ones((1, 1)), np.ones((1, 1)), nonlinearity="sigmoid")
    with pytest.raises(ValueError, match="num_layers"):
        nn.GRU(3, 4, num_layers=0)


@pytest.mark.parametrize("kind", KINDS)
def test_errors_name_what_was_seen(kind):
    ours = getattr(nn, kind)(3, 4)
    f32 = np.float32
    with pytest.raises(ValueError, match=r"\(N, L, D\), got \(5, 3\)"):
        ours(np.zeros((5, 3), f32))
    with pytest.raises(ValueError, match=r"at least one step.*\(2, 0, 3\)"):
        ours(np.zeros((2, 0, 3), f32))
    with pytest.raises(ValueError, match=r"weight_ih.*\(2, 5, 7\)"):
        ours(np.zeros((2, 5, 7), f32))
    with pytest.raises(TypeError, match="float64"):
        ours(np.zeros((2, 5, 3)))
    with pytest.raises(TypeError, match="int64"):
        ours(np.zeros((2, 5, 3), np.int64))
    wrong = [np.zeros((1, 9, 4), f32)] * 2
    with pytest.raises(ValueError, match=r"\(1, 9, 4\).*\(1, 2, 4\)"):
        ours(np.zeros((2, 5, 3), f32), pack(kind, wrong))
    with pytest.raises(TypeError, match="x is list"):
        ours([[[0.0, 1.0, 2.0]]])
    ours(np.zeros((2, 5, 3), f32))
    with pytest.raises(ValueError, match=r"dy.*\(2, 5, 9\)"):
        ours.backward(np.zeros((2, 5, 9), f32))
    ours(np.zeros((2, 5, 3), f32))
    with pytest.raises(ValueError, match=r"dh_n.*\(2, 2, 4\), wanted \(1, 2, 4\)"):
        ours.backward(None, np.zeros((2, 2, 4), f32))


@pytest.mark.parametrize("kind", KINDS)
def test_errors_of_the_pairs(kind):
    forward, backward = getattr(F, kind.lower()), getattr(F, kind.lower() + "_backward")
    gates, states = {"RNN": (1, 1), "LSTM": (4, 2), "GRU": (3, 1)}[kind]
    x, weight_ih, weight_hh = (
        np.zeros((2, 5, 3)),
        np.zeros((gates * 4, 3)),
        np.zeros((gates * 4, 4)),
    )
    none = [None] * states
    with pytest.raises(ValueError, match="both bias_ih and bias_hh"):
        forward(x, *none, weight_ih, weight_hh, np.zeros(gates * 4))
    with pytest.raises(ValueError, match=r"weight_hh has shape"):
        forward(x, *none, weight_ih, weight_hh[1:])
    with pytest.raises(ValueError, match=r"initial state has shape \(3, 4\)"):
        forward(x, *[np.zeros((3, 4))] * states, weight_ih, weight_hh)
    _, cache = forward(x, *none, weight_ih, weight_hh)
    with pytest.raises(ValueError, match=r"dh_n has shape \(2, 9\), wanted \(2, 4\)"):
        backward(None, cache, np.zeros((2, 9)))
