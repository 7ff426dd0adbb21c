"""What all layers share: caches, modes, parameters, state, printing."""

import numpy as np
import pytest
import torch
from torch_oracle import assert_close, compare_modules, torch_state

from lessonlib import nn


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small_network(rng):
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1, rng=rng, dtype=np.float64),
        nn.BatchNorm2d(2, dtype=np.float64),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.5, rng=rng),
        nn.Linear(32, 3, rng=rng, dtype=np.float64),
    )


def cached(module):
    return sum(len(m._caches) for m in module.modules())


def test_a_layer_used_twice_has_the_gradient_of_both_uses(rng):
    layer, theirs = nn.Linear(4, 4, dtype=np.float64), torch.nn.Linear(4, 4, dtype=torch.float64)
    layer.load_state_dict(theirs.state_dict())
    x, dy = rng.normal(size=(2, 3, 4))
    tensor = torch.tensor(x, requires_grad=True)
    theirs(torch.tanh(theirs(tensor))).backward(torch.tensor(dy))
    bend = nn.Tanh()
    layer(bend(layer(x)))
    dx = layer.backward(bend.backward(layer.backward(dy)))
    assert_close(dx, tensor.grad)
    assert_close(layer.weight.grad, theirs.weight.grad)
    assert_close(layer.bias.grad, theirs.bias.grad)
    assert cached(layer) == 0


def test_gradients_add_up_until_zero_grad(rng):
    layer = nn.Linear(4, 2, rng=rng, dtype=np.float64)
    x = rng.normal(size=(3, 4))
    layer.backward(layer(x))
    once = layer.weight.grad.copy()
    layer.backward(layer(x))
    assert_close(layer.weight.grad, 2 * once, 1e-14)
    layer.zero_grad()
    assert layer.weight.grad is None
    assert layer.bias.grad is None


def test_the_gradient_is_the_parameters_own_array(rng):
    one, other = nn.Parameter(np.zeros(3)), nn.Parameter(np.zeros(3))
    shared = np.ones(3)
    one.add_grad(shared)
    other.add_grad(shared)
    one.add_grad(shared)
    assert np.array_equal(other.grad, np.ones(3))
    assert np.array_equal(shared, np.ones(3))


def test_caches_are_empty_after_backward_and_never_grow_in_evaluation(rng):
    model, x = small_network(rng), rng.normal(size=(5, 1, 4, 4))
    y = model(x)
    assert cached(model) == 6
    model.backward(np.ones_like(y))
    assert cached(model) == 0
    model(x)
    model.eval()
    assert cached(model) == 0, "switching the mode forgets what is left over"
    for _ in range(3):
        model(x)
    assert cached(model) == 0
    with pytest.raises(RuntimeError, match=r"^Linear.backward: no forward pass left"):
        model.backward(np.ones_like(y))


def test_gradients_in_evaluation_mode_on_request(rng):
    model, x = small_network(rng), rng.normal(size=(5, 1, 4, 4))
    model(x)
    model.eval().record()
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3, padding=1),
        torch.nn.BatchNorm2d(2),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(32, 3),
    )
    theirs = theirs.double().eval()
    theirs.load_state_dict(torch_state(model))
    compare_modules(model, theirs, x, rng)
    assert not model.training


def test_modes_reach_every_module(rng):
    model = nn.Sequential(small_network(rng), nn.ModuleList([nn.Dropout()]))
    assert model.eval() is model
    assert not any(m.training or m.recording for m in model.modules())
    assert model.train() is model
    assert all(m.training and m.recording for m in model.modules())


def test_the_gradient_for_data_can_be_left_out(rng):
    model, x = small_network(rng), rng.normal(size=(5, 1, 4, 4))
    model[0].needs_dx = False
    assert model.backward(np.ones_like(model(x))) is None
    assert all(p.grad is not None for p in model.parameters())


def test_a_shared_parameter_counts_once_and_collects_both_gradients(rng):
    first, second = (nn.Linear(4, 4, bias=False, rng=rng, dtype=np.float64) for _ in range(2))
    second.weight = first.weight
    model = nn.Sequential(first, second)
    assert [name for name, _ in model.named_parameters()] == ["0.weight"]
    assert list(model.state_dict()) == ["0.weight", "1.weight"]  # as torch saves it
    x = rng.normal(size=(3, 4))
    w = torch.tensor(first.weight.data, requires_grad=True)
    y = torch.tensor(x) @ w.T @ w.T
    dy = rng.normal(size=(3, 4))
    y.backward(torch.tensor(dy))
    assert_close(model(x), y)
    model.backward(dy)
    assert_close(first.weight.grad, w.grad)


def test_state_is_copied_out_and_into_the_same_arrays(rng):
    model = small_network(rng)
    arrays = [p.data for p in model.parameters()]
    state = model.state_dict()
    model[0].weight.data += 1
    assert not np.array_equal(state["0.weight"], model[0].weight.data)
    model.load_state_dict(state)
    assert np.array_equal(state["0.weight"], model[0].weight.data)
    assert all(a is p.data for a, p in zip(arrays, model.parameters(), strict=True))


def test_loading_converts_to_the_dtype_of_the_module():
    layer = nn.Linear(3, 2)
    layer.load_state_dict({"weight": np.ones((2, 3)), "bias": torch.ones(2, dtype=torch.float64)})
    assert layer.weight.data.dtype == np.float32


def test_loading_names_everything_that_does_not_fit_and_changes_nothing(rng):
    model = small_network(rng)
    before = model.state_dict()
    wrong = model.state_dict()
    del wrong["1.running_var"]
    wrong["0.weight"] = np.zeros((2, 1, 5, 5))
    wrong["7.weight"] = np.zeros(3)
    with pytest.raises(ValueError, match="load_state_dict") as error:
        model.load_state_dict(wrong)
    for part in (
        "missing 1.running_var",
        "unexpected 7.weight",
        "0.weight has shape (2, 1, 5, 5), wanted (2, 1, 3, 3)",
    ):
        assert part in str(error.value)
    assert all(np.array_equal(before[name], array) for name, array in model.state_dict().items())
    wrong["0.weight"] = np.ones((2, 1, 3, 3))
    assert model.load_state_dict(wrong, strict=False) == (["1.running_var"], ["7.weight"])
    assert (model[0].weight.data == 1).all()


def test_sequential_and_module_list(rng):
    model = small_network(rng)
    assert len(model) == 6
    assert model[-1].out_features == 3
    assert [type(layer).__name__ for layer in model[:3]] == ["Conv2d", "BatchNorm2d", "ReLU"]
    assert model[:1][0].weight is model[0].weight
    assert len(nn.ModuleList([nn.ReLU(), nn.ReLU()])) == 2
    for build in (lambda: nn.Sequential(nn.ReLU(), 3), lambda: nn.ModuleList([nn.ReLU(), 3])):
        with pytest.raises(TypeError, match="entry 1 is int, wanted a Module"):
            build()


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module does not define forward"):
        nn.Module()(1)
    with pytest.raises(NotImplementedError, match="Module does not define backward"):
        nn.Module().backward(1)


def test_a_gradient_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"gradient \(3,\) for a parameter \(2, 3\)"):
        nn.Parameter(np.zeros((2, 3))).add_grad(np.zeros(3))


def test_repr_shows_architecture_shapes_and_counts(rng):
    text = repr(nn.Sequential(small_network(rng), nn.Linear(3, 2, bias=False)))
    assert "(0): Conv2d(1, 2, kernel_size=(3, 3), padding=(1, 1))" in text
    assert "weight (2, 1, 3, 3), bias (2,): 20 parameters" in text
    assert "(5): Linear(32, 3)  # weight (3, 32), bias (3,): 99 parameters" in text
    assert "(1): Linear(3, 2, bias=False)  # weight (2, 3): 6 parameters" in text
    assert text.endswith(")  # 129 parameters")
    assert "Dropout(p=0.5)\n" in text
    count = sum(p.data.size for p in nn.Sequential(small_network(rng)).parameters())
    assert count == 123


def test_a_float32_network_stays_float32(rng):
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=rng),
        nn.BatchNorm2d(2),
        nn.GELU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.1, rng=rng),
        nn.LayerNorm(8),
        nn.RMSNorm(8),
        nn.Linear(8, 4, rng=rng),
        nn.SiLU(),
    )
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    y = model(rng.normal(size=(5, 1, 6, 6)).astype(np.float32))
    loss = criterion(y, rng.integers(0, 4, 5))
    dx = model.backward(criterion.backward())
    assert y.dtype == loss.dtype == dx.dtype == np.float32
    for parameter in model.parameters():
        assert parameter.grad.dtype == np.float32
    floats = [a for a in model.state_dict().values() if a.dtype.kind == "f"]
    assert all(a.dtype == np.float32 for a in floats)
