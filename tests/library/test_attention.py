"""Scaled dot-product and multi-head attention against torch, central differences, at the edges."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_oracle import assert_close

from lessonlib import functional as F
from lessonlib import nn

HEADS = 2


def tensor(array):
    return torch.tensor(array, requires_grad=True)


def draw_mask(kind, shape, rng):
    """A mask as `scaled_dot_product_attention` takes it; every query keeps its first key."""
    if kind == "none":
        return None
    if kind == "float":
        return rng.standard_normal(shape)
    mask = rng.random(shape) < 0.6  # True: may attend
    mask[..., 0] = True
    return mask


@given(
    lead=st.lists(st.integers(1, 3), max_size=2),
    lengths=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    widths=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    mask=st.sampled_from(["none", "causal", "bool", "float"]),
    broadcast=st.booleans(),
    scale=st.sampled_from([None, 0.3, 5.0]),
    seed=st.integers(0, 10**6),
)
def test_scaled_dot_product_equals_torch(lead, lengths, widths, mask, broadcast, scale, seed):
    rng = np.random.default_rng(seed)
    (L, S), (E, V) = lengths, widths
    arrays = [rng.standard_normal((*lead, *s)) for s in ((L, E), (S, E), (S, V))]
    options = {"is_causal": mask == "causal", "scale": scale}
    attn_mask = draw_mask(
        "none" if mask == "causal" else mask, (L, S) if broadcast else (*lead, L, S), rng
    )
    tensors = [tensor(a) for a in arrays]
    (y, weights), cache = F.scaled_dot_product_attention(*arrays, attn_mask=attn_mask, **options)
    tmask = None if attn_mask is None else torch.tensor(attn_mask)
    ty = torch.nn.functional.scaled_dot_product_attention(*tensors, attn_mask=tmask, **options)
    assert_close(y, ty)
    assert np.abs(weights.sum(-1) - 1).max() < 1e-12
    dy = rng.standard_normal(y.shape)
    ty.backward(torch.tensor(dy))
    for gradient, t in zip(
        F.scaled_dot_product_attention_backward(dy, cache), tensors, strict=True
    ):
        assert_close(gradient, t.grad)


def test_a_query_that_may_attend_to_nothing():
    """Weights, output and gradient are 0, as from torch's function, not NaN as after a softmax."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((2, 4, 3)) for _ in range(3)]
    mask = np.ones((4, 4), dtype=bool)
    mask[1] = False
    tensors = [tensor(a) for a in arrays]
    (y, weights), cache = F.scaled_dot_product_attention(*arrays, attn_mask=mask)
    ty = torch.nn.functional.scaled_dot_product_attention(*tensors, attn_mask=torch.tensor(mask))
    assert_close(y, ty)
    assert not y[:, 1].any()
    assert not weights[:, 1].any()
    dy = rng.standard_normal(y.shape)
    ty.backward(torch.tensor(dy))
    gradients = F.scaled_dot_product_attention_backward(dy, cache)
    for gradient, t in zip(gradients, tensors, strict=True):
        assert_close(gradient, t.grad)
    assert not gradients[0][:, 1].any()


@pytest.mark.parametrize("dropout_p", [0.0, 0.4])
def test_gradient_along_a_random_direction(dropout_p):
    rng = np.random.default_rng(1)
    shapes = [(2, 3, 4), (2, 5, 4), (2, 5, 6)]
    point, direction = ([rng.standard_normal(s) for s in shapes] for _ in range(2))

    def run(step):
        moved = (p + step * d for p, d in zip(point, direction, strict=True))
        same = np.random.default_rng(7)  # the same weights are dropped in every run
        return F.scaled_dot_product_attention(*moved, dropout_p=dropout_p, rng=same)

    (y, weights), cache = run(0)
    dy, dweights = rng.standard_normal(y.shape), rng.standard_normal(weights.shape)

    def loss(step):
        (y, weights), _ = run(step)
        return (y * dy).sum() + (weights * dweights).sum()

    numeric = (loss(1e-5) - loss(-1e-5)) / 2e-5
    gradients = F.scaled_dot_product_attention_backward(dy, cache, dweights)
    analytic = sum((g * d).sum() for g, d in zip(gradients, direction, strict=True))
    assert abs(numeric - analytic) <= 1e-7 * max(1, abs(analytic))


def test_dropout_keeps_the_mean_and_zeroes_its_share():
    x = np.zeros((1, 100, 1))
    rng = np.random.default_rng(0)
    (_, weights), _ = F.scaled_dot_product_attention(x, x, x, dropout_p=0.25, rng=rng)
    assert abs((weights == 0).mean() - 0.25) < 0.02
    assert abs(weights.sum(-1).mean() - 1) < 0.02


def test_large_scores():
    x = 1e4 * np.random.default_rng(0).standard_normal((1, 5, 4))
    (y, _), cache = F.scaled_dot_product_attention(x, x, x)
    ty = torch.nn.functional.scaled_dot_product_attention(*[torch.tensor(x)] * 3)
    assert_close(y, ty)
    assert all(np.isfinite(g).all() for g in F.scaled_dot_product_attention_backward(y, cache))


def multihead_twins(E, heads, dtype=np.float64, seed=0, **options):
    """The torch module and ours with the same weights; biases random, as torch starts them at 0."""
    torch.manual_seed(seed)
    theirs = torch.nn.MultiheadAttention(E, heads, batch_first=True, dtype=torch.float64, **options)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    ours = nn.MultiheadAttention(E, heads, dtype=dtype, **options)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def assert_same_gradients(ours, theirs):
    gradients = dict(ours.named_parameters())
    for name, parameter in theirs.named_parameters():
        assert_close(gradients[name].grad, parameter.grad)


@given(
    N=st.integers(0, 3),
    lengths=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    heads=st.integers(1, 3),
    head_width=st.integers(1, 3),
    kdim=st.sampled_from([None, 1, 5]),
    vdim=st.sampled_from([None, 2, 5]),
    bias=st.booleans(),
    mask=st.sampled_from(["none", "bool", "float"]),
    per_head=st.booleans(),
    padding=st.sampled_from(["none", "bool", "float"]),
    average=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_multihead_equals_torch(
    N, lengths, heads, head_width, kdim, vdim, bias, mask, per_head, padding, average, seed
):
    rng = np.random.default_rng(seed)
    E, (L, S) = heads * head_width, lengths
    theirs, ours = multihead_twins(E, heads, seed=seed, bias=bias, kdim=kdim, vdim=vdim)
    shapes = ((N, L, E), (N, S, kdim or E), (N, S, vdim or E))
    arrays = [rng.standard_normal(s) for s in shapes]
    masks = {
        "attn_mask": draw_mask(mask, (N * heads, L, S) if per_head else (L, S), rng),
        "key_padding_mask": draw_mask(padding, (N, S), rng),
    }
    masks = {
        k: ~m if m is not None and m.dtype == bool else m for k, m in masks.items()
    }  # True hides
    if mask == "bool" and padding == "float":  # torch wants one kind
        masks["attn_mask"] = np.where(masks["attn_mask"], -np.inf, 0.0)
    if mask == "float" and padding == "bool":
        masks["key_padding_mask"] = np.where(masks["key_padding_mask"], -np.inf, 0.0)
    tmasks = {k: None if m is None else torch.tensor(m) for k, m in masks.items()}
    tensors = [tensor(a) for a in arrays]
    y, weights = ours(*arrays, **masks, average_attn_weights=average)
    ty, tweights = theirs(*tensors, **tmasks, average_attn_weights=average)
    assert_close(y, ty)
    assert_close(weights, tweights)
    dy = rng.standard_normal(y.shape)
    ty.backward(torch.tensor(dy))
    for gradient, t in zip(ours.backward(dy), tensors, strict=True):
        assert_close(gradient, t.grad)
    assert_same_gradients(ours, theirs)
    assert not ours._caches


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize(("N", "L"), [(2, 5), (1, 1)])
def test_causal_self_attention(need_weights, N, L):
    theirs, ours = multihead_twins(4, HEADS)
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, L, N, 4)).swapaxes(1, 2)  # not contiguous
    tx = tensor(x)
    future = torch.triu(torch.ones(L, L, dtype=torch.bool), 1)
    ty, tweights = theirs(tx, tx, tx, attn_mask=future, is_causal=True, need_weights=need_weights)
    y, weights = ours(x, x, x, is_causal=True, need_weights=need_weights)
    assert_close(y, ty)
    assert (weights is None) == (tweights is None)
    ty.backward(torch.tensor(dy))
    assert_close(sum(ours.backward(dy)), tx.grad)
    assert_same_gradients(ours, theirs)


def test_a_sequence_that_is_all_padding():
    """Its queries attend to nothing: the output is the bias of out_proj, where torch gives NaN."""
    theirs, ours = multihead_twins(4, HEADS)
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    hidden = np.array([[False, False, False], [True, True, True]])
    y, weights = ours(x, x, x, key_padding_mask=hidden)
    ty, _ = theirs(*[torch.tensor(x)] * 3, key_padding_mask=torch.tensor(hidden))
    assert_close(y[0], ty[0])
    assert torch.isnan(ty[1]).all()
    assert np.array_equal(y[1], np.broadcast_to(ours.out_proj.bias.data, (3, 4)))
    assert not weights[1].any()
    assert all(np.isfinite(d).all() for d in ours.backward(y))


def test_used_twice():
    theirs, ours = multihead_twins(4, HEADS)
    x, dy = np.random.default_rng(0).standard_normal((2, 2, 5, 4))
    tx = tensor(x)
    ty, _ = theirs(tx, tx, tx)
    theirs(ty, ty, ty)[0].backward(torch.tensor(dy))
    y, _ = ours(x, x, x)
    ours(y, y, y)
    assert_close(sum(ours.backward(sum(ours.backward(dy)))), tx.grad)
    assert_same_gradients(ours, theirs)


def test_caches():
    ours = nn.MultiheadAttention(4, HEADS)
    x = np.zeros((1, 3, 4), np.float32)
    ours(x, x, x)
    assert len(ours._caches) == 1
    ours.backward(x)
    assert not any(m._caches for m in ours.modules())
    ours.eval()(x, x, x)
    assert not any(m._caches for m in ours.modules())
    with pytest.raises(RuntimeError, match=r"MultiheadAttention\.backward"):
        ours.backward(x)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_float32_stays_float32(dropout):
    ours = nn.MultiheadAttention(4, HEADS, dropout, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((2, 3, 4)).astype(np.float32)
    hidden, far = np.array([[False, False, True]] * 2), np.zeros((3, 3))
    y, weights = ours(x, x, x, key_padding_mask=hidden, attn_mask=far, is_causal=True)
    arrays = [y, weights, *ours.backward(y), *(p.grad for p in ours.parameters())]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


def test_dropout_acts_in_training_only():
    ours = nn.MultiheadAttention(4, HEADS, dropout=0.5, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((2, 6, 4)).astype(np.float32)
    assert (ours(x, x, x)[1] == 0).any()
    assert np.array_equal(ours.eval()(x, x, x)[0], ours(x, x, x)[0])


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"kdim": 3}, {"vdim": 5, "bias": False}])
def test_state_dict_goes_both_ways(options):
    theirs, ours = multihead_twins(4, HEADS, **options)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    fresh = nn.MultiheadAttention(
        4, HEADS, **options, rng=np.random.default_rng(1), dtype=np.float64
    )
    theirs.load_state_dict({k: torch.tensor(v) for k, v in fresh.state_dict().items()})
    rng = np.random.default_rng(0)
    widths = (4, options.get("kdim", 4), options.get("vdim", 4))
    arrays = [rng.standard_normal((2, 3, w)) for w in widths]
    assert_close(fresh(*arrays)[0], theirs(*map(torch.tensor, arrays))[0])


def test_start_values():
    """torch's: Glorot uniform, on the three projections as one matrix, and biases 0."""
    for options in ({}, {"kdim": 40}):
        torch.manual_seed(0)
        theirs = torch.nn.MultiheadAttention(60, 3, **options).state_dict()
        ours = nn.MultiheadAttention(60, 3, **options, rng=np.random.default_rng(0)).state_dict()
        for name, values in theirs.items():
            assert abs(ours[name].std() - values.numpy().std()) <= 0.05 * values.numpy().std(), name
            assert np.abs(ours[name]).max() <= 1.01 * np.abs(values.numpy()).max(), name


def test_repr():
    text = repr(nn.MultiheadAttention(4, 2, kdim=3, bias=False, dropout=0.5))
    assert text.startswith("MultiheadAttention(4, num_heads=2, kdim=3, dropout=0.5, bias=False")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"add_bias_kv": True}, "add_bias_kv"),
        ({"add_zero_attn": True}, "add_zero_attn"),
        ({"batch_first": False}, "batch_first=False"),
    ],
)
def test_unsupported_options_are_named(options, named):
    with pytest.raises(NotImplementedError, match=named):
        nn.MultiheadAttention(4, HEADS, **options)


def test_errors_of_the_module_name_what_was_seen():
    with pytest.raises(ValueError, match="embed_dim 5 is not a multiple of num_heads 2"):
        nn.MultiheadAttention(5, 2)
    with pytest.raises(ValueError, match=r"dropout=1\.5"):
        nn.MultiheadAttention(4, 2, dropout=1.5)
    ours = nn.MultiheadAttention(4, HEADS, dtype=np.float64)
    x = np.zeros((2, 3, 4))
    with pytest.raises(
        ValueError, match=r"attn_mask has shape \(3, 9\), wanted \(3, 3\) or \(4, 3, 3\)"
    ):
        ours(x, x, x, attn_mask=np.zeros((3, 9)))
    with pytest.raises(ValueError, match=r"key_padding_mask has shape \(3, 3\), wanted \(2, 3\)"):
        ours(x, x, x, key_padding_mask=np.zeros((3, 3), dtype=bool))
    with pytest.raises(TypeError, match="mask must be boolean or floats, got int64"):
        ours(x, x, x, attn_mask=np.zeros((3, 3), np.int64))
    with pytest.raises(ValueError, match=r"key must be \(N, length, features\), got \(3, 4\)"):
        ours(x, x[0], x)
    with pytest.raises(ValueError, match=r"\(2, 3, 7\)"):
        ours(x, np.zeros((2, 3, 7)), x)
    with pytest.raises(TypeError, match="float32"):
        ours(x.astype(np.float32), x, x)
    with pytest.raises(TypeError, match="query is list"):
        ours(x.tolist(), x, x)


def test_errors_of_the_pair_name_what_was_seen():
    q = np.zeros((2, 3, 4))
    with pytest.raises(
        ValueError, match=r"equal leading axes, got query \(2, 3, 4\), key \(1, 3, 4\)"
    ):
        F.scaled_dot_product_attention(q, q[:1], q)
    with pytest.raises(ValueError, match=r"does not broadcast to the scores .* = \(2, 3, 3\)"):
        F.scaled_dot_product_attention(q, q, q, attn_mask=np.zeros((5, 2, 3, 3)))
    with pytest.raises(ValueError, match=r"does not broadcast to the scores .* = \(2, 3, 3\)"):
        F.scaled_dot_product_attention(q, q, q, attn_mask=np.zeros((3, 2)))
    with pytest.raises(ValueError, match="no key to attend to"):
        F.scaled_dot_product_attention(q, q[:, :0], q[:, :0])
    with pytest.raises(ValueError, match=r"dropout: p=1\.5"):
        F.scaled_dot_product_attention(q, q, q, dropout_p=1.5)
    with pytest.raises(ValueError, match="no rng in training"):
        F.scaled_dot_product_attention(q, q, q, dropout_p=0.1)
    _, cache = F.scaled_dot_product_attention(q, q, q)
    with pytest.raises(ValueError, match=r"\(2, 3, 5\).*\(2, 3, 4\)"):
        F.scaled_dot_product_attention_backward(np.zeros((2, 3, 5)), cache)
