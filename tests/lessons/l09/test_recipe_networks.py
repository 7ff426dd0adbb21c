"""The networks that only lesson 09's recipes use: their gradients against differences."""

import numpy as np
import pytest

from lessonlib.lessons.l09.recipes import lookups, scoreboard


def test_the_recipes_networks_have_right_gradients():
    rng = np.random.default_rng(0)
    patches = scoreboard.PatchReader(rng)
    lookup = lookups.TwoLookups(2, True, rng)
    images = rng.integers(0, 16, (2, 144)) / 16
    for model, given in ((patches, (images,)), (lookup, lookups.questions(3, rng)[:4])):
        for parameter in model.parameters():
            parameter.data = parameter.data.astype(np.float64)
        names, parameters = zip(*model.named_parameters(), strict=True)
        scores = model(*given)
        dy = rng.normal(size=scores.shape)
        model.backward(dy)
        assert all(p.grad is not None for p in parameters), names
        steps = [1e-6 * rng.normal(size=p.data.shape) for p in parameters]
        told = sum((p.grad * step).sum() for p, step in zip(parameters, steps, strict=True))
        ends = []
        for sign in (1, -1):
            for p, step in zip(parameters, steps, strict=True):
                p.data += sign * step * (1 if sign > 0 else 2)
            ends.append((model(*given) * dy).sum())
        assert told == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-5)
