"""Training on drawn batches: the same as fit on the same batches, lazy, rows for class scores."""

import numpy as np
import pytest

from lessonlib import nn, optim
from lessonlib.models import CharacterRNN
from lessonlib.training import batches, fit
from lessonlib.training.steps import random_windows, train_steps


def network():
    return nn.Sequential(
        nn.Linear(3, 5, rng=np.random.default_rng(0)),
        nn.Tanh(),
        nn.Linear(5, 4, rng=np.random.default_rng(1)),
    )


def data():
    rng = np.random.default_rng(2)
    return rng.normal(size=(30, 3)).astype(np.float32), rng.integers(0, 4, 30)


def optimizer_and_scheduler(model):
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    return optimizer, optim.lr_scheduler.CosineAnnealingLR(optimizer, 8)


def test_it_is_fit_on_the_same_batches():
    X, y = data()
    ours, theirs, rng = network(), network(), np.random.default_rng(3)
    optimizer, scheduler = optimizer_and_scheduler(ours)
    drawn = ((X[batch], y[batch]) for _ in range(2) for batch in batches(30, 8, rng))
    loss = nn.CrossEntropyLoss()
    losses = list(train_steps(ours, loss, optimizer, drawn, max_grad_norm=0.1, scheduler=scheduler))
    optimizer, scheduler = optimizer_and_scheduler(theirs)
    settings = {"epochs": 2, "batch_size": 8, "max_grad_norm": 0.1, "progress": False}
    settings |= {"scheduler": scheduler, "schedule_every": "step"}
    history = fit(theirs, loss, optimizer, X, y, rng=np.random.default_rng(3), **settings)
    assert losses == list(history.column("loss"))
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_without_clipping_or_schedule_the_steps_are_larger():
    X, y = data()
    moved = []
    for norm in (None, 1e-6):
        model = network()
        optimizer = optim.SGD(model.parameters(), lr=1.0)
        list(train_steps(model, nn.CrossEntropyLoss(), optimizer, [(X, y)], max_grad_norm=norm))
        moved.append(np.abs(model[0].weight.data - network()[0].weight.data).max())
    assert moved[0] > 1000 * moved[1] > 0


def test_nothing_happens_until_losses_are_asked_for_and_a_loop_may_stop():
    (X, y), model, drawn = data(), network(), []

    def endless():
        while True:
            drawn.append(1)
            yield X, y

    optimizer = optim.SGD(model.parameters(), lr=0.1)
    steps = train_steps(model, nn.CrossEntropyLoss(), optimizer, endless())
    assert not drawn
    np.testing.assert_array_equal(model[0].weight.data, network()[0].weight.data)
    first, second = next(steps), next(steps)
    assert second < first
    assert len(drawn) == 2


def test_scores_of_every_position_are_rows_for_the_loss():
    ids = np.random.default_rng(0).integers(0, 6, (2, 5))
    model = CharacterRNN(6, 4, 8, rng=np.random.default_rng(1))
    scores = model(ids[:, :-1])
    wanted = nn.CrossEntropyLoss()(scores.reshape(8, 6), ids[:, 1:].ravel())
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    batch = ids[:, :-1], ids[:, 1:]
    losses = list(train_steps(model.train(), nn.CrossEntropyLoss(), optimizer, [batch] * 3))
    assert losses[0] == pytest.approx(wanted)
    assert losses[2] < losses[0]


def test_windows_are_parts_of_the_text_and_their_targets_come_next():
    ids = np.arange(50) ** 2
    found = list(random_windows(ids, 7, 4, 5, np.random.default_rng(0)))
    assert len(found) == 5
    starts = set()
    for X, y in found:
        assert X.shape == y.shape == (4, 7)
        for row, targets in zip(X, y, strict=True):
            start = int(np.sqrt(row[0]))
            starts.add(start)
            np.testing.assert_array_equal(row, ids[start : start + 7])
            np.testing.assert_array_equal(targets, ids[start + 1 : start + 8])
    assert len(starts) > 10
