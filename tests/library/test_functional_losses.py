import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from torch_oracle import assert_close, check_pair, check_slope, seeds

from lessonlib import functional as F
from lessonlib.functional import _fast

TF = torch.nn.functional
reductions = st.sampled_from(["mean", "sum", "none"])
shapes = array_shapes(max_dims=3, max_side=4)
both_forms = pytest.mark.parametrize("form", [F, _fast], ids=["formula", "fast"])


@given(shape=shapes, reduction=reductions, seed=seeds)
def test_mse(shape, reduction, seed):
    rng = np.random.default_rng(seed)
    target = rng.normal(size=shape)
    check_pair(
        lambda x: F.mse_loss(x, target, reduction),
        F.mse_loss_backward,
        lambda x: TF.mse_loss(x, torch.tensor(target), reduction=reduction),
        [rng.normal(size=shape)],
        rng,
    )


@given(shape=shapes, reduction=reductions, weight=..., positive=..., seed=seeds)
def test_bce_with_logits(shape, reduction, weight: bool, positive: bool, seed):
    rng = np.random.default_rng(seed)
    target = rng.uniform(size=shape)
    w = rng.uniform(size=shape[-1]) if weight else None
    v = rng.uniform(0.5, 3, size=shape[-1]) if positive else None
    tw, tv = (None if a is None else torch.tensor(a) for a in (w, v))
    check_pair(
        lambda x: F.binary_cross_entropy_with_logits(x, target, w, reduction, v),
        F.binary_cross_entropy_with_logits_backward,
        lambda x: TF.binary_cross_entropy_with_logits(
            x, torch.tensor(target), tw, reduction=reduction, pos_weight=tv
        ),
        [4 * rng.normal(size=shape)],
        rng,
    )


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # torch's advice on batchmean
@given(
    shape=shapes,
    reduction=st.sampled_from(["mean", "sum", "none", "batchmean"]),
    log=...,
    seed=seeds,
)
def test_kl_div(shape, reduction, log: bool, seed):
    rng = np.random.default_rng(seed)
    target = F.softmax(rng.normal(size=shape))[0]
    if not log:
        target = target * (rng.random(shape) < 0.8)  # probability 0 contributes 0
    target = np.log(target) if log else target
    check_pair(
        lambda x: F.kl_div(x, target, reduction, log),
        F.kl_div_backward,
        lambda x: TF.kl_div(x, torch.tensor(target), reduction=reduction, log_target=log),
        [F.log_softmax(rng.normal(size=shape))[0]],
        rng,
    )


@both_forms
@given(
    n=st.integers(1, 6),
    c=st.integers(1, 5),
    weight=...,
    ignored=...,
    reduction=reductions,
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
    seed=seeds,
)
def test_classification(form, n, c, weight: bool, ignored: bool, reduction, smoothing, seed):
    rng = np.random.default_rng(seed)
    target = rng.integers(0, c, n)
    ignore = 0 if ignored else -100
    w = rng.uniform(0.5, 2, c) if weight else None
    tw, tt = None if w is None else torch.tensor(w), torch.tensor(target)
    if ignored and reduction == "mean" and (target == 0).all():
        assert np.isnan(form.cross_entropy(rng.normal(size=(n, c)), target, w, ignore)[0])
        return
    check_pair(
        lambda x: form.cross_entropy(x, target, w, ignore, reduction, smoothing),
        form.cross_entropy_backward,
        lambda x: TF.cross_entropy(
            x, tt, tw, ignore_index=ignore, reduction=reduction, label_smoothing=smoothing
        ),
        [4 * rng.normal(size=(n, c))],
        rng,
    )
    check_pair(
        lambda x: F.nll_loss(x, target, w, ignore, reduction),
        F.nll_loss_backward,
        lambda x: TF.nll_loss(x, tt, tw, ignore_index=ignore, reduction=reduction),
        [rng.normal(size=(n, c))],
        rng,
    )


@given(
    n=st.integers(0, 40),
    c=st.integers(1, 12),
    weight=...,
    ignored=...,
    reduction=reductions,
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
    spread=st.sampled_from([0.0, 1.0, 30.0, 300.0, 1e4]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=seeds,
)
def test_both_forms_of_cross_entropy_are_equal(
    n, c, weight: bool, ignored: bool, reduction, smoothing, spread, dtype, seed
):
    rng = np.random.default_rng(seed)
    x = (spread * rng.normal(size=(n, c)) + spread * rng.normal(size=(n, 1))).astype(dtype)
    target = rng.integers(0, c, n)
    w = rng.uniform(0, 2, c).astype(dtype) if weight else None
    dloss = rng.normal(size=n if reduction == "none" else ()).astype(dtype)
    results = []
    for form in (F, _fast):
        arguments = (x, target, w, 0 if ignored else -100, reduction, smoothing)
        loss, cache = form.cross_entropy(*arguments)
        results.append((loss, form.cross_entropy_backward(dloss, cache)))
    for formula, fast in zip(*results, strict=True):
        assert formula.dtype == fast.dtype == dtype
        assert_close(fast, formula, 1e-10 if dtype == np.float64 else 2e-5)


@both_forms
@pytest.mark.parametrize("odd", [np.nan, -np.inf, -1e30, 1e30])
def test_an_odd_row_leaves_the_others_alone(form, odd):
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    target = np.array([0, 1, 2, 0])
    calm, calm_cache = form.cross_entropy(x, target, reduction="none")
    x[2, :2] = odd
    losses, cache = form.cross_entropy(x, target, reduction="none")
    ones = np.ones(4, np.float32)
    gradients = [form.cross_entropy_backward(ones, c)[[0, 1, 3]] for c in (calm_cache, cache)]
    np.testing.assert_allclose(losses[[0, 1, 3]], calm[[0, 1, 3]], rtol=1e-6)
    np.testing.assert_allclose(*gradients, rtol=1e-5)
    theirs = TF.cross_entropy(torch.from_numpy(x), torch.from_numpy(target), reduction="none")
    np.testing.assert_allclose(losses, theirs, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_classes_of_any_integer_type(dtype):
    x, target = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    pairs = [(form.cross_entropy, form.cross_entropy_backward) for form in (F, _fast)]
    for pair in [*pairs, (F.nll_loss, F.nll_loss_backward)]:
        (loss, cache), (wanted, wanted_cache) = pair[0](x, target.astype(dtype)), pair[0](x, target)
        assert loss == wanted
        np.testing.assert_array_equal(pair[1](1.0, cache), pair[1](1.0, wanted_cache))


@both_forms
def test_cross_entropy_is_never_below_zero(form):
    """Rows sure of their class, 0 to 40 below the largest score: rounding must not show."""
    x = np.full((401, 3), -np.inf, np.float32)
    x[:, 1] = np.linspace(-40, 0, 401)
    losses, _ = form.cross_entropy(x, np.ones(401, int), reduction="none")
    assert losses.min() >= 0
    assert losses.max() < 4e-6  # the rounding of numbers near 40


@both_forms
def test_cross_entropy_of_rows_far_apart(form):
    """No row may vanish next to a large one, and each keeps its own loss and gradient."""
    for gap in (30.0, 80.0, 1e4):  # e^-30 fits next to 1 in float32, the others do not
        x = np.array([[0, 1, 2], [0, 1, 2]], np.float32) + np.array([[0], [gap]], np.float32)
        losses, cache = form.cross_entropy(x, np.array([2, 2]), reduction="none")
        np.testing.assert_allclose(losses, np.log(1 + np.exp(-1) + np.exp(-2)), rtol=2e-5)
        dx = form.cross_entropy_backward(np.ones(2, np.float32), cache)
        np.testing.assert_allclose(dx[0], dx[1], rtol=2e-5)


@both_forms
def test_cross_entropy_of_scores_in_any_memory_order(form):
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(5, 3)), np.array([2, 0, 1, 1, 2])
    wanted = form.cross_entropy_backward(1.0, form.cross_entropy(x, target)[1])
    for same in (np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x[::-1].copy()[::-1]):
        loss, cache = form.cross_entropy(same, target)
        np.testing.assert_array_equal(form.cross_entropy_backward(1.0, cache), wanted)
        assert loss == form.cross_entropy(x, target)[0]


@both_forms
def test_cross_entropy_is_log_softmax_and_nll(form):
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    log_p, inner = F.log_softmax(x)
    loss, outer = F.nll_loss(log_p, target)
    whole, cache = form.cross_entropy(x, target)
    assert_close(whole, loss, 1e-14)
    dx = F.log_softmax_backward(F.nll_loss_backward(1.0, outer), inner)
    assert_close(form.cross_entropy_backward(1.0, cache), dx, 1e-14)


@both_forms
@pytest.mark.parametrize("spread", [43.0, 45.0, 120.0, 400.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_far_below_the_others_keep_their_digits(form, spread, dtype):
    x = np.array([[0, 1, 2], [-spread, -spread - 0.5, 1 - spread]], dtype)
    target, tensor = np.array([0, 2]), torch.tensor(x, requires_grad=True)
    losses, cache = form.cross_entropy(x, target, reduction="none")
    dx = form.cross_entropy_backward(np.ones(2, dtype), cache)
    wanted = TF.cross_entropy(tensor, torch.tensor(target), reduction="none")
    wanted.sum().backward()
    tolerance = 1e-5 if dtype == np.float32 else 1e-10
    assert_close(losses, wanted, tolerance)
    assert_close(dx, tensor.grad, tolerance)


@both_forms
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores_stay_finite_and_keep_the_dtype(form, dtype):
    x = np.array([[1e4, -1e4, 0], [-800, 800, 800]], dtype)
    target = np.array([1, 1])
    loss, cache = form.cross_entropy(x, target)
    dx = form.cross_entropy_backward(1.0, cache)
    wanted = torch.tensor(x, requires_grad=True)
    out = TF.cross_entropy(wanted, torch.tensor(target))
    out.backward()
    assert loss.dtype == dx.dtype == dtype
    assert_close(loss, out, 1e-6)
    assert_close(dx, wanted.grad, 1e-6)

    y = np.array([[1, 0, 1], [0, 1, 0.5]], dtype)
    loss, cache = F.binary_cross_entropy_with_logits(x, y)
    dx = F.binary_cross_entropy_with_logits_backward(1.0, cache)
    wanted = torch.tensor(x, requires_grad=True)
    out = TF.binary_cross_entropy_with_logits(wanted, torch.tensor(y))
    out.backward()
    assert loss.dtype == dx.dtype == dtype
    assert_close(loss, out, 1e-6)
    assert_close(dx, wanted.grad, 1e-6)


@pytest.mark.parametrize("name", ["mse_loss", "binary_cross_entropy_with_logits", "kl_div"])
def test_every_loss_keeps_float32(name):
    x = np.full((2, 3), 0.5, np.float32)
    loss, cache = getattr(F, name)(x, x)
    assert loss.dtype == getattr(F, f"{name}_backward")(1.0, cache).dtype == np.float32


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_loss_over_nothing_is_torchs(reduction):
    x, target = np.zeros((0, 3)), np.zeros(0, np.int64)
    for name, y in (
        ("mse_loss", x),
        ("kl_div", x),
        ("cross_entropy", target),
        ("nll_loss", target),
    ):
        loss, cache = getattr(F, name)(x, y, reduction=reduction)
        wanted = getattr(TF, name)(torch.tensor(x), torch.tensor(y), reduction=reduction)
        assert_close(loss, wanted)
        assert getattr(F, f"{name}_backward")(1.0, cache).shape == (0, 3)


@both_forms
def test_rows_that_are_all_ignored_send_no_gradient(form):
    loss, cache = form.cross_entropy(np.zeros((2, 3)), np.array([-100, -100]), label_smoothing=0.1)
    assert np.isnan(loss)
    assert not form.cross_entropy_backward(1.0, cache).any()


@both_forms
def test_non_contiguous_scores(form):
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(4, 12))[:, ::2].T, rng.integers(0, 4, 6)
    assert_close(form.cross_entropy(x, target)[0], form.cross_entropy(x.copy(), target)[0], 1e-14)
    check_slope(lambda x: form.cross_entropy(x, target), form.cross_entropy_backward, [x], rng)


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss, _fast.cross_entropy])
def test_wrong_classes_are_named(loss):
    name, x = loss.__name__, np.zeros((3, 4))
    with pytest.raises(ValueError, match=rf"^{name}: target 4 in row 1, wanted 0..3"):
        loss(x, np.array([0, 4, 1]))
    with pytest.raises(ValueError, match=rf"^{name}: target -1 in row 2"):
        loss(x, np.array([0, 3, -1]))
    with pytest.raises(TypeError, match=rf"^{name}: target is float64, wanted integer"):
        loss(x, np.zeros(3))
    with pytest.raises(ValueError, match=rf"^{name}: scores \(3, 4\) and target \(3, 4\)"):
        loss(x, np.zeros((3, 4), int))
    with pytest.raises(ValueError, match=rf"^{name}: weight \(3,\), wanted \(4,\)"):
        loss(x, np.zeros(3, int), np.ones(3))


@pytest.mark.parametrize("loss", [F.mse_loss, F.binary_cross_entropy_with_logits, F.kl_div])
def test_wrong_shapes_dtypes_and_reductions_are_named(loss):
    name = loss.__name__
    with pytest.raises(ValueError, match=rf"^{name}: x \(3,\) and target \(3, 1\)"):
        loss(np.zeros(3), np.zeros((3, 1)))
    with pytest.raises(TypeError, match=rf"^{name}: x is float64 but target is float32"):
        loss(np.zeros(3), np.zeros(3, np.float32))
    with pytest.raises(ValueError, match=rf"^{name}: reduction='average'"):
        loss(np.zeros(3), np.zeros(3), reduction="average")


def test_batchmean_belongs_to_kl_div_alone():
    with pytest.raises(ValueError, match="mse_loss: reduction='batchmean'"):
        F.mse_loss(np.zeros(3), np.zeros(3), "batchmean")


@both_forms
def test_label_smoothing_is_a_share(form):
    with pytest.raises(ValueError, match=r"cross_entropy: label_smoothing=1.5, wanted 0 to 1"):
        form.cross_entropy(np.zeros((1, 2)), np.array([0]), label_smoothing=1.5)
