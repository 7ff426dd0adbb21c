"""Shared by the tests of layers: PyTorch as the judge, central differences as the second one."""

import numpy as np
import torch
from hypothesis import strategies as st

seeds = st.integers(0, 2**32 - 1)


def assert_close(ours, theirs, tolerance=1e-10):
    """max|a - b| <= tolerance * max(1, max|b|), equal shapes; None only against None."""
    if theirs is None or ours is None:
        assert ours is theirs
        return
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else np.asarray(theirs)
    ours = np.asarray(ours)
    assert ours.shape == theirs.shape, f"shape {ours.shape}, wanted {theirs.shape}"
    if theirs.size == 0:
        return
    assert np.array_equal(np.isnan(ours), np.isnan(theirs))
    both = ~np.isnan(theirs)
    error = np.abs(ours - theirs)[both].max(initial=0.0)
    assert error <= tolerance * max(1.0, np.abs(theirs[both]).max(initial=0.0)), error


def as_torch(array):
    """A leaf tensor that collects a gradient; None stays None."""
    return None if array is None else torch.tensor(array, requires_grad=True)


def check_pair(forward, backward, torch_forward, arrays, rng, tolerance=1e-10):
    """Compare outputs and the gradient of each array, under a random upstream gradient.

    forward(*arrays) -> (y, cache)
    backward(dy, cache) -> one gradient, or a tuple in the order of arrays
    """
    tensors = [as_torch(array) for array in arrays]
    kept = [None if array is None else array.copy() for array in arrays]
    y, cache = forward(*arrays)
    wanted = torch_forward(*tensors)
    assert_close(y, wanted, tolerance)
    dy = np.asarray(rng.normal(size=wanted.shape), y.dtype)
    gradients = backward(dy if dy.ndim else dy[()], cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    wanted.backward(torch.tensor(dy))
    assert len(gradients) == len(arrays)
    for array, before, gradient, tensor in zip(arrays, kept, gradients, tensors, strict=True):
        assert_close(gradient, None if tensor is None else tensor.grad, tolerance)
        if array is not None:
            assert np.array_equal(array, before), "an argument was changed"
            assert gradient.dtype == array.dtype
    assert y.dtype == arrays[0].dtype
    check_slope(forward, backward, arrays, rng)


def check_slope(forward, backward, arrays, rng, h=1e-6, tolerance=1e-6):
    """Gradients against a central difference along one random direction through all arrays.

    The arrays must stay clear of kinks by more than h times the direction.
    """
    y, cache = forward(*arrays)
    dy = np.asarray(rng.normal(size=np.shape(y)))
    gradients = backward(dy if dy.ndim else dy[()], cache)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    ways = [None if array is None else rng.normal(size=array.shape) for array in arrays]

    def along(t):
        moved = [a if w is None else a + t * w for a, w in zip(arrays, ways, strict=True)]
        return float(np.sum(forward(*moved)[0] * dy))

    measured = (along(h) - along(-h)) / (2 * h)
    claimed = sum(
        float((g * w).sum()) for g, w in zip(gradients, ways, strict=True) if w is not None
    )
    size = sum(np.abs(g * w).sum() for g, w in zip(gradients, ways, strict=True) if w is not None)
    assert abs(measured - claimed) <= tolerance * max(1.0, size), (measured, claimed)


def torch_state(module):
    """state_dict of one of our modules as torch wants it."""
    return {name: torch.from_numpy(array) for name, array in module.state_dict().items()}


def compare_modules(ours, theirs, x, rng, tolerance=1e-10):
    """Load theirs into ours, compare outputs and all gradients, load ours back into theirs."""
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.train(theirs.training)
    ours.record()
    tensor = torch.tensor(x, requires_grad=x.dtype.kind == "f")
    y, wanted = ours(x), theirs(tensor)
    assert_close(y, wanted, tolerance)
    dy = rng.normal(size=wanted.shape).astype(wanted.detach().numpy().dtype)
    ours.zero_grad()
    theirs.zero_grad()
    dx = ours.backward(dy)
    wanted.backward(torch.from_numpy(dy))
    assert_close(dx, tensor.grad, tolerance)
    gradients = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(gradients)
    for name, parameter in ours.named_parameters():
        assert_close(parameter.grad, gradients[name].grad, tolerance)
        assert parameter.grad.dtype == parameter.data.dtype
    assert all(not module._caches for module in ours.modules()), "caches left after backward"
    for name, array in theirs.state_dict().items():  # running statistics moved the same way
        assert_close(ours.state_dict()[name], array, tolerance)
    for array in theirs.state_dict().values():
        array.zero_()
    theirs.load_state_dict(torch_state(ours))
    for name, array in theirs.state_dict().items():
        assert_close(array.numpy(), ours.state_dict()[name], 0)


def randomized(module):
    """A torch module in float64 with all entries random: norms at 1 and 0 would hide mistakes."""
    torch.manual_seed(0)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return module.double()


def assert_same_gradients(ours, theirs, tolerance=1e-10):
    """Every parameter's gradient in ours is that of the parameter with the same name in theirs."""
    gradients = {name: parameter.grad for name, parameter in ours.named_parameters()}
    named = dict(theirs.named_parameters())
    assert list(gradients) == list(named)
    for name, parameter in named.items():
        assert_close(gradients[name], parameter.grad, tolerance)
    assert not any(module._caches for module in ours.modules()), "caches left after backward"
