"""Optimizers, schedules and clipping against torch: the same gradients, several steps, float64."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import optim
from lessonlib.nn import Linear, Parameter

OPTIMIZERS = ["SGD", "RMSprop", "Adam", "AdamW"]


def twins(shapes, seed, dtype=np.float64):
    """The same random parameters here and in torch, and a source of gradients."""
    rng = np.random.default_rng(seed)
    ours = [Parameter(rng.normal(size=shape).astype(dtype)) for shape in shapes]
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    return ours, theirs, rng


def give_gradients(ours, theirs, rng, skip=()):
    for i, (p, q) in enumerate(zip(ours, theirs, strict=True)):
        if i in skip:
            p.grad = q.grad = None
            continue
        p.grad = rng.normal(size=p.data.shape).astype(p.data.dtype)
        q.grad = torch.tensor(p.grad)


def assert_same(ours, theirs):
    for p, q in zip(ours, theirs, strict=True):
        expected = q.detach().numpy()
        allowed = 1e-10 * max(1.0, float(np.abs(expected).max(initial=0)))
        assert np.abs(p.data - expected).max(initial=0) <= allowed


def draw_settings(draw, name):
    flag, share = st.booleans(), st.floats(0.0, 0.99)
    settings = {
        "lr": draw(st.floats(1e-4, 1.0)),
        "weight_decay": draw(st.sampled_from([0.0, 0.01, 0.3])),
        "maximize": draw(flag),
    }
    if name == "SGD":
        settings["momentum"] = draw(st.sampled_from([0.0, 0.5, 0.9]))
        settings["nesterov"] = settings["momentum"] > 0 and draw(flag)
        if not settings["nesterov"]:
            settings["dampening"] = draw(st.sampled_from([0.0, 0.3]))
    elif name == "RMSprop":
        # centered with alpha = 0 divides by sqrt(0): no number to compare
        settings |= {"alpha": draw(st.floats(0.5, 0.99)), "centered": draw(flag)}
        settings |= {"momentum": draw(st.sampled_from([0.0, 0.9])), "eps": 1e-3}
    else:
        settings |= {"betas": (draw(share), draw(share)), "amsgrad": draw(flag), "eps": 1e-6}
    return settings


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(data=st.data(), seed=st.integers(0, 10_000))
def test_several_steps_equal_torch(name, data, seed):
    shapes = data.draw(st.lists(st.sampled_from([(), (3,), (2, 5), (4, 1, 3)]), min_size=1))
    settings = draw_settings(data.draw, name)
    ours, theirs, rng = twins(shapes, seed)
    mine = getattr(optim, name)(ours, **settings)
    torchs = getattr(torch.optim, name)(theirs, **settings)
    for step in range(6):
        # the last parameter gets no gradient on step 2: its running averages must not change
        give_gradients(ours, theirs, rng, skip={len(shapes) - 1} if step == 2 else ())
        mine.step()
        torchs.step()
        assert_same(ours, theirs)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_defaults_are_torchs(name):
    mine = getattr(optim, name)([Parameter(np.zeros(1))])
    torchs = getattr(torch.optim, name)([torch.nn.Parameter(torch.zeros(1))])
    added_later = {"decoupled_weight_decay"} - set(torchs.defaults)  # torch 2.6 has it not yet
    for key in set(mine.defaults) - added_later:
        assert mine.defaults[key] == torchs.defaults[key], key


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_groups_have_their_own_settings(name):
    ours, theirs, rng = twins([(3,), (2, 2)], 1)
    mine = getattr(optim, name)([{"params": ours[:1], "lr": 0.5}, {"params": ours[1:]}], lr=0.01)
    torchs = getattr(torch.optim, name)(
        [{"params": theirs[:1], "lr": 0.5}, {"params": theirs[1:]}], lr=0.01
    )
    for _ in range(3):
        give_gradients(ours, theirs, rng)
        mine.step()
        torchs.step()
    assert_same(ours, theirs)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("source", ["ours", "torch"])
def test_a_loaded_state_goes_on_like_the_first(name, source):
    settings = {"lr": 0.1} | ({"momentum": 0.9} if name in ("SGD", "RMSprop") else {})
    ours, theirs, rng = twins([(3,), (2, 2)], 2)
    mine = getattr(optim, name)(ours, **settings)
    torchs = getattr(torch.optim, name)(theirs, **settings)
    give_gradients(ours, theirs, rng)
    mine.step()
    torchs.step()
    fresh = getattr(optim, name)(ours, lr=0.7)
    fresh.load_state_dict((mine if source == "ours" else torchs).state_dict())
    give_gradients(ours, theirs, rng)
    fresh.step()
    torchs.step()
    assert_same(ours, theirs)
    assert fresh.param_groups[0]["lr"] == 0.1


def test_state_keys_are_torchs():
    ours, theirs, rng = twins([(3,)], 3)
    for name, settings in (("SGD", {"momentum": 0.9}), ("RMSprop", {}), ("Adam", {})):
        mine = getattr(optim, name)(ours, **settings)
        torchs = getattr(torch.optim, name)(theirs, **settings)
        give_gradients(ours, theirs, rng)
        mine.step()
        torchs.step()
        assert set(mine.state_dict()["state"][0]) == set(torchs.state_dict()["state"][0])


def test_state_is_a_copy():
    ours, theirs, rng = twins([(3,)], 3)
    optimizer = optim.Adam(ours)
    give_gradients(ours, theirs, rng)
    optimizer.step()
    before = optimizer.state_dict()["state"][0]["exp_avg"]
    kept = before.copy()
    optimizer.step()
    assert (before == kept).all()


def test_misfitting_state_is_refused():
    optimizer = optim.Adam([Parameter(np.zeros(3))])
    other = optim.Adam([Parameter(np.zeros(3)), Parameter(np.zeros(3))])
    with pytest.raises(ValueError, match=r"groups of \[2\] parameters, here are \[1\]"):
        optimizer.load_state_dict(other.state_dict())
    p = Parameter(np.zeros(4))
    p.grad = np.ones(4)
    wrong = optim.Adam([p])
    wrong.step()
    with pytest.raises(ValueError, match=r"exp_avg in the state has shape \(4,\).*\(3,\)"):
        optimizer.load_state_dict(wrong.state_dict())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_and_the_array_is_the_same(name):
    p = Parameter(np.ones((2, 3), np.float32))
    p.grad = np.full((2, 3), 0.5, np.float32)
    array = p.data
    optimizer = getattr(optim, name)([p], lr=0.1, weight_decay=0.1)
    optimizer.step()
    assert p.data is array
    assert p.data.dtype == np.float32
    for value in optimizer.state[0].values() if optimizer.state[0] else ():
        assert isinstance(value, int) or value.dtype == np.float32


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_gradients_are_left_as_they_are(name):
    p = Parameter(np.ones(3))
    p.grad = np.arange(3.0)
    getattr(optim, name)([p], lr=0.1, weight_decay=0.1, maximize=True).step()
    assert (p.grad == np.arange(3.0)).all()


def test_zero_grad():
    layer = Linear(2, 1, rng=np.random.default_rng(0))
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    layer(np.ones((3, 2), layer.weight.data.dtype))
    layer.backward(np.ones((3, 1), layer.weight.data.dtype))
    assert layer.weight.grad.any()
    optimizer.zero_grad(set_to_none=False)
    assert not layer.weight.grad.any()
    optimizer.zero_grad()
    assert layer.weight.grad is None


def test_a_group_added_later_is_trained_like_in_torch():
    ours, theirs, rng = twins([(3,), (2,)], 4)
    mine, torchs = optim.Adam(ours[:1], lr=0.1), torch.optim.Adam(theirs[:1], lr=0.1)
    for step in range(4):
        if step == 2:
            mine.add_param_group({"params": ours[1:], "lr": 0.01})
            torchs.add_param_group({"params": theirs[1:], "lr": 0.01})
        give_gradients(ours, theirs, rng)
        mine.step()
        torchs.step()
    assert_same(ours, theirs)
    with pytest.raises(ValueError, match="given twice"):
        mine.add_param_group({"params": ours[:1]})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: optim.SGD([], lr=0.1), "got no parameters"),
        (lambda p: optim.SGD([{"params": []}], lr=0.1), "group without parameters"),
        (lambda p: optim.SGD([p, p], lr=0.1), "given twice"),
        (lambda p: optim.SGD([{"params": [p], "rate": 1}], lr=0.1), "no setting.*rate"),
        (lambda p: optim.SGD([p], lr=-1), "lr must be >= 0, got -1"),
        (lambda p: optim.SGD([p], lr=float("nan")), "lr must be >= 0, got nan"),
        (lambda p: optim.SGD([p], nesterov=True), "nesterov needs a momentum"),
        (lambda p: optim.Adam([p], betas=(0.9, 1.0)), r"betas must be in \[0, 1\)"),
        (lambda p: optim.RMSprop([p], alpha=-0.1), "alpha must be >= 0"),
    ],
)
def test_wrong_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(Parameter(np.zeros(2)))


def test_something_else_than_a_parameter_is_refused():
    with pytest.raises(TypeError, match="arrays data and grad, got ndarray"):
        optim.SGD([np.zeros(2)], lr=0.1)


def test_a_gradient_of_another_shape_is_refused():
    p = Parameter(np.zeros(2))
    p.grad = np.zeros((2, 1))
    with pytest.raises(ValueError, match=r"parameter 0 has shape \(2, 1\), the parameter \(2,\)"):
        optim.SGD([p], lr=0.1).step()


@pytest.mark.parametrize("switch", ["foreach", "fused", "differentiable", "capturable"])
def test_torchs_implementation_switches_are_refused_by_name(switch):
    with pytest.raises(TypeError, match=switch):
        optim.Adam([Parameter(np.zeros(2))], **{switch: True})


# -- schedules ------------------------------------------------------------------------------------


def pair_of_optimizers():
    ours, theirs, _ = twins([(2,), (3,)], 0)
    groups = [{"params": ours[:1], "lr": 0.5}, {"params": ours[1:]}]
    torch_groups = [{"params": theirs[:1], "lr": 0.5}, {"params": theirs[1:]}]
    return optim.SGD(groups, lr=0.01), torch.optim.SGD(torch_groups, lr=0.01)


def build(module, optimizer, kind, settings):
    if kind != "SequentialLR":
        return getattr(module, kind)(optimizer, **settings)
    parts = [getattr(module, name)(optimizer, **own) for name, own in settings["parts"]]
    return module.SequentialLR(optimizer, parts, settings["milestones"])


SCHEDULES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 7}),
    ("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.001}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.7, "total_iters": 9}),
    ("LambdaLR", {"lr_lambda": lambda t: 0.9**t}),
    ("LambdaLR", {"lr_lambda": [lambda t: 1 / (1 + t), lambda t: 1.0]}),
    (
        "SequentialLR",
        {
            "parts": [("LinearLR", {"total_iters": 4}), ("CosineAnnealingLR", {"T_max": 12})],
            "milestones": [4],
        },
    ),
    (
        "SequentialLR",
        {
            "parts": [
                ("LinearLR", {"start_factor": 0.01, "total_iters": 6}),
                ("LambdaLR", {"lr_lambda": lambda t: 1.0}),
                ("StepLR", {"step_size": 2, "gamma": 0.5}),
            ],
            "milestones": [3, 8],
        },
    ),
]


@pytest.mark.filterwarnings("ignore:The epoch parameter in")  # by SequentialLR of torch 2.6 itself
@pytest.mark.parametrize(("kind", "settings"), SCHEDULES)
def test_schedules_equal_torch(kind, settings):
    mine, torchs = pair_of_optimizers()
    schedule = build(optim.lr_scheduler, mine, kind, settings)
    twin = build(torch.optim.lr_scheduler, torchs, kind, settings)
    for _ in range(25):
        assert schedule.get_last_lr() == pytest.approx(twin.get_last_lr(), rel=1e-10, abs=1e-15)
        assert schedule.last_epoch == twin.last_epoch
        torchs.step()  # torch warns when a schedule moves before its optimizer
        schedule.step()
        twin.step()


@pytest.mark.parametrize(("kind", "settings"), SCHEDULES)
def test_a_schedule_can_be_resumed(kind, settings):
    mine, _ = pair_of_optimizers()
    schedule = build(optim.lr_scheduler, mine, kind, settings)
    for _ in range(6):
        schedule.step()
    other, _ = pair_of_optimizers()
    resumed = build(optim.lr_scheduler, other, kind, settings)
    resumed.load_state_dict(schedule.state_dict())
    for _ in range(3):
        assert resumed.get_last_lr() == schedule.get_last_lr()
        resumed.step()
        schedule.step()


def test_resuming_by_last_epoch():
    optimizer, _ = pair_of_optimizers()
    with pytest.raises(ValueError, match="last_epoch=3 needs groups with initial_lr"):
        optim.lr_scheduler.StepLR(optimizer, 2, last_epoch=3)
    optim.lr_scheduler.StepLR(optimizer, 2)
    resumed = optim.lr_scheduler.StepLR(optimizer, 2, last_epoch=3)
    assert resumed.get_last_lr() == pytest.approx([0.005, 0.0001])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda m, o: m.StepLR(o, 0), "step_size must be >= 1"),
        (lambda m, o: m.CosineAnnealingLR(o, 0), "T_max must be >= 1"),
        (lambda m, o: m.LinearLR(o, start_factor=0), "LinearLR needs 0 < start_factor"),
        (lambda m, o: m.LambdaLR(o, [abs]), "1 functions for 2 groups"),
        (lambda m, o: m.SequentialLR(o, [m.StepLR(o, 1)], [3]), "1 schedules need 0"),
    ],
)
def test_wrong_schedules_are_refused(make, message):
    optimizer, _ = pair_of_optimizers()
    with pytest.raises(ValueError, match=message):
        make(optim.lr_scheduler, optimizer)


def test_a_schedule_of_another_optimizer_is_refused():
    one, _ = pair_of_optimizers()
    other, _ = pair_of_optimizers()
    foreign = optim.lr_scheduler.StepLR(other, 2)
    with pytest.raises(ValueError, match="belong to the optimizer given"):
        optim.lr_scheduler.SequentialLR(one, [foreign], [])


# -- clipping -------------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 1000),
    max_norm=st.sampled_from([0.0, 0.5, 3.0, 1e6]),
    norm_type=st.sampled_from([1.0, 2.0, 3.0, float("inf")]),
)
def test_clipping_equals_torch(seed, max_norm, norm_type):
    ours, theirs, rng = twins([(3,), (2, 4), ()], seed)
    give_gradients(ours, theirs, rng, skip={2} if seed % 2 else ())
    norm = optim.clip_grad_norm_(ours, max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert norm == pytest.approx(float(expected), rel=1e-12)
    for p, q in zip(ours, theirs, strict=True):
        assert (p.grad is None) == (q.grad is None)
        if p.grad is not None:
            assert np.abs(p.grad - q.grad.numpy()).max() <= 1e-12


def test_clipping_takes_one_parameter_and_keeps_float32():
    p = Parameter(np.zeros(2, np.float32))
    p.grad = np.array([3, 4], np.float32)
    assert optim.clip_grad_norm_(p, 1.0) == pytest.approx(5.0)
    assert p.grad.dtype == np.float32
    assert np.linalg.norm(p.grad) <= 1.0


def test_clipping_without_gradients_and_with_nan():
    p = Parameter(np.zeros(2))
    assert optim.clip_grad_norm_([p], 1.0) == 0.0
    p.grad = np.array([1.0, np.nan])
    with pytest.raises(ValueError, match="norm of the gradients is nan"):
        optim.clip_grad_norm_([p], 1.0, error_if_nonfinite=True)
    with pytest.raises(ValueError, match="max_norm must be >= 0"):
        optim.clip_grad_norm_([p], -1.0)
