"""The training loop, its history and callbacks, and models on disk."""

import io
import os
import pickle
import stat
import sys
import zipfile

import numpy as np
import pytest
import torch

from lessonlib import nn, optim, training
from lessonlib.training import EarlyStopping, accuracy, batches, evaluate, fit, load, predict, save
from lessonlib.training.loop import _progress_bar


@pytest.fixture(autouse=True)
def no_progress_bar(monkeypatch):
    monkeypatch.setenv("LESSONLIB_PROGRESS_BAR", "off")


def spirals(seed=0, n=96):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(np.int64)


def network(seed=0, hidden=8, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(2, hidden, rng=rng, dtype=dtype),
        nn.ReLU(),
        nn.Linear(hidden, 2, rng=rng, dtype=dtype),
    )


def train(model=None, *, lr=0.1, seed=0, **settings):
    model = model or network()
    X, y = spirals()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    settings.setdefault("epochs", 3)
    history = fit(
        model, nn.CrossEntropyLoss(), optimizer, X, y, rng=np.random.default_rng(seed), **settings
    )
    return model, history


def same_weights(a, b):
    a, b = a.state_dict(), b.state_dict()
    return all((a[key] == b[key]).all() for key in a)


# -- the loop -------------------------------------------------------------------------------------


def test_fit_equals_the_loop_written_out_in_torch():
    ours = network()
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    theirs = theirs.double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    X, y = spirals()
    optimizer = optim.Adam(ours.parameters(), lr=0.01)
    schedule = optim.lr_scheduler.StepLR(optimizer, 2)
    history = fit(
        ours,
        nn.CrossEntropyLoss(),
        optimizer,
        X,
        y,
        rng=np.random.default_rng(5),
        epochs=4,
        batch_size=20,
        scheduler=schedule,
        max_grad_norm=0.5,
    )
    twin = torch.optim.Adam(theirs.parameters(), lr=0.01)
    twin_schedule = torch.optim.lr_scheduler.StepLR(twin, 2)
    rng, losses, norms = np.random.default_rng(5), [], []
    for _ in range(4):
        order = rng.permutation(len(X))
        for start in range(0, len(X), 20):
            batch = order[start : start + 20]
            twin.zero_grad()
            loss = torch.nn.functional.cross_entropy(
                theirs(torch.from_numpy(X[batch])), torch.from_numpy(y[batch])
            )
            loss.backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)))
            twin.step()
            losses.append(loss.item())
        twin_schedule.step()
    assert history.column("loss") == pytest.approx(losses, rel=1e-9)
    assert history.column("grad_norm") == pytest.approx(norms, rel=1e-9)
    assert history["lr"] == pytest.approx([0.01, 0.01, 0.001, 0.001])
    for key, value in theirs.state_dict().items():
        assert np.abs(ours.state_dict()[key] - value.numpy()).max() < 1e-10


def test_training_learns_and_is_repeatable():
    one, history = train(epochs=60, lr=0.5, metrics={"accuracy": accuracy})
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["accuracy"][-1] > 0.9
    other, again = train(epochs=60, lr=0.5, metrics={"accuracy": accuracy})
    assert same_weights(one, other)
    assert history == again
    different, _ = train(epochs=60, lr=0.5, seed=1)
    assert not same_weights(one, different)


def test_history_has_a_row_per_step_and_per_epoch():
    X, y = spirals(1)
    _, history = train(epochs=3, batch_size=40, validation=(X, y), metrics={"accuracy": accuracy})
    assert len(history.steps) == 3 * 3  # 96 examples in batches of 40, 40 and 16
    assert list(history.steps[0]) == ["loss", "lr"]
    assert list(history.epochs[0]) == ["loss", "accuracy", "lr", "val_loss", "val_accuracy"]
    losses = history.column("loss")[:3]
    assert history["loss"][0] == pytest.approx(
        (40 * losses[0] + 40 * losses[1] + 16 * losses[2]) / 96
    )
    assert history.stopped == "finished"
    assert "finished after 3 epochs, 9 steps" in repr(history)
    with pytest.raises(KeyError, match="no column 'val_acc'; there are loss, accuracy, lr"):
        history["val_acc"]


def test_validation_is_measured_on_the_weights_after_the_epoch_and_touches_nothing():
    X, y = spirals(1)
    model, history = train(epochs=2, validation=(X, y))
    assert history["val_loss"][-1] == evaluate(model, nn.CrossEntropyLoss(), X, y)["loss"]
    without, _ = train(epochs=2)
    assert same_weights(model, without)


def test_schedule_by_step():
    model = network()
    X, y = spirals()
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    schedule = optim.lr_scheduler.LinearLR(optimizer, 0.25, total_iters=3)
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        X,
        y,
        rng=np.random.default_rng(0),
        epochs=2,
        scheduler=schedule,
        schedule_every="step",
    )
    assert history.column("lr") == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])


def test_the_mode_of_the_model_comes_back_and_no_cache_stays():
    for mode in (True, False):
        model = network().train(mode)
        train(model, epochs=1, validation=spirals(1))
        assert model.training is mode
        assert all(not module._caches for module in model.modules())


# -- stopping -------------------------------------------------------------------------------------


class Stop(training.Callback):
    """Raises what it is given at one step."""

    def __init__(self, at, exception):
        self.at, self.exception = at, exception

    def on_gradients(self, run):
        if run.step == self.at:
            raise self.exception


def test_an_interrupt_keeps_the_history_and_a_usable_model():
    model, history = train(epochs=5, callbacks=[Stop(at=7, exception=KeyboardInterrupt)])
    assert history.stopped == "interrupted"
    assert len(history.steps) == 7
    assert len(history.epochs) == 2
    assert all(not module._caches for module in model.modules())
    _, more = train(model, epochs=1)
    assert more.stopped == "finished"


def test_other_errors_are_not_swallowed():
    model = network()
    with pytest.raises(ZeroDivisionError):
        train(model, callbacks=[Stop(at=1, exception=ZeroDivisionError)])
    assert all(not module._caches for module in model.modules())


class Worsen(training.Callback):
    """Spoils the weights after each epoch from the given one on."""

    def __init__(self, start):
        self.start, self.kept = start, {}

    def on_epoch(self, run):
        self.kept[run.epoch] = run.model.state_dict()
        if run.epoch >= self.start:
            for p in run.model.parameters():
                p.data += 1.0


def test_early_stopping_restores_the_best_weights():
    spoil = Worsen(start=2)
    model, history = train(
        epochs=30,
        validation=spirals(1),
        early_stopping=EarlyStopping(patience=4),
        callbacks=[spoil],
    )
    assert history.stopped == "early stopping"
    best = int(np.argmin(history["val_loss"]))
    assert history.best_epoch == best
    assert len(history.epochs) == best + 4 + 1
    assert all((model.state_dict()[k] == v).all() for k, v in spoil.kept[best].items())
    measured = evaluate(model, nn.CrossEntropyLoss(), *spirals(1))["loss"]
    assert measured == history["val_loss"][best]


def test_early_stopping_on_a_metric_that_grows_without_restoring():
    model, history = train(
        epochs=30,
        validation=spirals(1),
        metrics={"accuracy": accuracy},
        early_stopping=EarlyStopping(
            patience=2, monitor="val_accuracy", mode="max", min_delta=2.0, restore_best=False
        ),
    )
    # no accuracy is better than the first one by 2: the first epoch stays the best
    assert history.best_epoch == 0
    assert len(history.epochs) == 3
    measured = evaluate(model, nn.CrossEntropyLoss(), *spirals(1), {"accuracy": accuracy})
    assert measured["accuracy"] == history["val_accuracy"][-1]


def test_early_stopping_settings_are_checked():
    with pytest.raises(ValueError, match="patience must be >= 1, got 0"):
        EarlyStopping(patience=0)
    with pytest.raises(ValueError, match="mode must be min or max, got 'up'"):
        EarlyStopping(mode="up")
    with pytest.raises(KeyError, match="no column 'val_loss'"):
        train(early_stopping=EarlyStopping())


def test_a_diverging_run_ends_before_nan_reaches_the_weights():
    model = network()
    X, y = spirals()
    loss = nn.MSELoss()
    target = np.stack([y, 1 - y], axis=1).astype(np.float64)
    optimizer = optim.SGD(model.parameters(), lr=1e9)
    with np.errstate(all="ignore"):
        history = fit(model, loss, optimizer, X, target, rng=np.random.default_rng(0), epochs=50)
    assert history.stopped == "diverged"
    assert not np.isfinite(history.column("loss")[-1])
    assert len(history.steps) < 50 * 3
    assert not any(np.isnan(p.data).any() for p in model.parameters())


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X[:-1], y), "95 examples but 96 targets"),
        (lambda X, y: (X[:0], y[:0]), "no examples"),
        (lambda X, y: (np.where(X > 2, np.nan, X), y), "entries of the examples are nan or inf"),
        (lambda X, y: (X.astype(np.float32), y), "examples are float32, the model is float64"),
    ],
)
def test_bad_data_is_refused(change, message):
    model = network()
    X, y = change(*spirals())
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=message):
        fit(model, nn.CrossEntropyLoss(), optimizer, X, y, rng=np.random.default_rng(0))


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="batch_size must be >= 1, got 0"):
        train(batch_size=0)
    with pytest.raises(ValueError, match="schedule_every must be epoch or step"):
        train(schedule_every="batch")
    X, y = spirals()
    with pytest.raises(ValueError, match="10 validation examples but 96 targets"):
        train(validation=(X[:10], y))


# -- progress bar ---------------------------------------------------------------------------------


def test_progress_bar_is_shown_and_switched_off(monkeypatch, capsys):
    monkeypatch.delenv("LESSONLIB_PROGRESS_BAR")
    train(epochs=1)
    assert "step/s" in capsys.readouterr().err
    train(epochs=1, progress=False)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("LESSONLIB_PROGRESS_BAR", "off")
    train(epochs=1)
    assert capsys.readouterr().err == ""


def test_a_run_that_stops_early_leaves_no_unfinished_bar(monkeypatch):
    monkeypatch.delenv("LESSONLIB_PROGRESS_BAR")
    with _progress_bar(True, 10) as bar:
        bar.update(3)
    assert (bar.n, bar.total) == (3, 3)  # tqdm paints a bar red and keeps it where n < total


# -- batches, evaluation --------------------------------------------------------------------------


def test_batches_cover_everything_once():
    parts = list(batches(10, 4, np.random.default_rng(0)))
    assert [len(part) for part in parts] == [4, 4, 2]
    assert sorted(np.concatenate(parts)) == list(range(10))
    assert list(batches(0, 4)) == []


def test_evaluate_and_predict_do_not_depend_on_the_batch_size():
    model = network()
    X, y = spirals()
    whole = evaluate(model, nn.CrossEntropyLoss(), X, y, {"accuracy": accuracy}, batch_size=96)
    parts = evaluate(model, nn.CrossEntropyLoss(), X, y, {"accuracy": accuracy}, batch_size=7)
    assert parts == pytest.approx(whole, rel=1e-12)
    assert np.allclose(predict(model, X, batch_size=7), model.eval()(X), rtol=1e-12)
    assert predict(model, X[:0]).shape == (0, 2)
    with pytest.raises(ValueError, match="evaluate: no examples"):
        evaluate(model, nn.CrossEntropyLoss(), X[:0], y[:0])


def test_accuracy():
    assert accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])) == 0.5
    assert accuracy(np.array([-3.0, 2.0, 1.0]), np.array([0, 1, 0])) == pytest.approx(2 / 3)
    assert accuracy(np.zeros((2, 3, 5)), np.zeros((2, 3), int)) == 1.0
    with pytest.raises(ValueError, match=r"scores \(2, 3\) fit no targets \(3,\)"):
        accuracy(np.zeros((2, 3)), np.zeros(3))


# -- callbacks ------------------------------------------------------------------------------------


def test_gradient_norms():
    norms = training.GradientNorms(every=2)
    model, history = train(epochs=2, callbacks=[norms], max_grad_norm=1e9)
    assert norms.at == [0, 2, 4]
    assert list(norms.rows[0]) == [name for name, _ in model.named_parameters()]
    # the common norm of all gradients is the norm of their norms
    total = np.linalg.norm(list(norms.rows[1].values()))
    assert total == pytest.approx(history.column("grad_norm")[2])
    assert norms["0.weight"][1] == norms.rows[1]["0.weight"]


def test_update_ratios_of_plain_descent():
    norms, ratios = training.GradientNorms(), training.UpdateRatios()
    model = network()
    start = np.linalg.norm(model[0].weight.data)
    train(model, epochs=1, lr=0.1, callbacks=[norms, ratios])
    # w moves by lr * gradient
    assert ratios["0.weight"][0] == pytest.approx(0.1 * norms["0.weight"][0] / start)
    assert len(ratios.rows) == 3


def test_update_ratio_of_a_zero_parameter():
    model = network()
    model[0].bias.data[:] = 0
    ratios = training.UpdateRatios()
    train(model, epochs=1, callbacks=[ratios])
    assert ratios["0.bias"][0] == np.inf
    assert np.isfinite(ratios["0.bias"][1])


def test_activation_statistics():
    X, _ = spirals()
    model = network()
    model[0].weight.data[:3] = 0
    model[0].bias.data[:3] = -1.0  # three of eight relus never fire
    model.eval()
    expected = model[1](model[0](X))
    statistics = training.ActivationStatistics(X, every=2)
    train(model.train(), epochs=3, lr=0.0, callbacks=[statistics])
    assert statistics.at == [0, 2]
    row = statistics.rows[0]
    assert set(row) == {f"{i}.{what}" for i in range(3) for what in ("mean", "std", "dead")}
    assert row["1.mean"] == pytest.approx(expected.mean())
    assert row["1.std"] == pytest.approx(expected.std())
    assert row["1.dead"] == 3 / 8
    assert row["0.dead"] == 0.0
    assert all("forward" not in vars(module) for module in model.modules())


def test_callbacks_change_nothing():
    plain, _ = train()
    X, _ = spirals()
    watchers = [
        training.GradientNorms(),
        training.UpdateRatios(),
        training.ActivationStatistics(X),
    ]
    watched, _ = train(callbacks=watchers)
    assert same_weights(plain, watched)
    with pytest.raises(ValueError, match="GradientNorms: every must be >= 1, got 0"):
        training.GradientNorms(every=0)


# -- models on disk -------------------------------------------------------------------------------


def test_saved_models_come_back(tmp_path):
    model = network(1)
    path = save(tmp_path / "m.npz", model)
    other = load(path, network(2))
    assert same_weights(model, other)
    assert list(tmp_path.iterdir()) == [path]


def test_torch_reads_what_we_save_and_we_read_what_torch_users_save(tmp_path):
    model = network(1, dtype=np.float32)
    path = save(tmp_path / "m.npz", model)
    twin = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    with np.load(path) as archive:
        twin.load_state_dict({k: torch.from_numpy(v) for k, v in archive.items()})
    X = np.ones((3, 2), np.float32)
    assert np.allclose(twin(torch.from_numpy(X)).detach().numpy(), model(X), atol=1e-6)
    np.savez(tmp_path / "t.npz", **{k: v.numpy() for k, v in twin.state_dict().items()})
    assert same_weights(load(tmp_path / "t.npz", network(3, dtype=np.float32)), model)


def test_same_weights_give_the_same_bytes(tmp_path):
    a, b = save(tmp_path / "a.npz", network(1)), save(tmp_path / "b.npz", network(1))
    assert a.read_bytes() == b.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file mode bits")
def test_a_saved_file_is_as_readable_as_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    path = save(tmp_path / "m.npz", network())
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = save(tmp_path / "m.npz", network(1))
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OSError, match="no space left"):
        save(path, network(2))
    monkeypatch.undo()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        save(path, network(2))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class Explosive:
    """Unpickling this would leave a trace."""

    fired = False

    def __reduce__(self):
        return setattr, (Explosive, "fired", True)


def write_zip(path, entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def npy(array, **kwargs):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **kwargs)
    return buffer.getvalue()


def make_objects(path):
    state = network().state_dict()
    objects = np.array([Explosive()], dtype=object)
    entries = {f"{k}.npy": npy(v) for k, v in state.items()}
    write_zip(path, entries | {"0.bias.npy": npy(objects, allow_pickle=True)})


def make_wrong_shape(path):
    np.savez(path, **(network().state_dict() | {"0.bias": np.zeros(9)}))


def make_text_array(path):
    np.savez(path, **(network().state_dict() | {"0.bias": np.array(["a"] * 8)}))


FOREIGN = {
    "empty": (lambda path: path.write_bytes(b""), "damaged, or not the .npz"),
    "text": (lambda path: path.write_text("hello, model"), "damaged, or not the .npz"),
    "pickle": (lambda path: path.write_bytes(pickle.dumps(Explosive())), "damaged, or not"),
    "torch": (lambda path: torch.save({"0.weight": torch.zeros(1)}, path), "damaged|another model"),
    "one array": (lambda path: path.write_bytes(npy(np.zeros(3))), "is a single array"),
    "other model": (
        lambda path: save(path, nn.Linear(2, 1)),
        r"another model: missing \['0.bias', .*unexpected \['bias', 'weight'\]",
    ),
    "truncated": (
        lambda path: path.write_bytes(save(path, network()).read_bytes()[:-100]),
        "damaged, or not the .npz",
    ),
    "zip of something": (lambda path: write_zip(path, {"a.txt": "b"}), "another model"),
    "objects": (make_objects, "damaged, or not the .npz of a model .arrays of numbers only"),
    "wrong shape": (make_wrong_shape, r"0.bias has shape \(9,\), wanted \(8,\)"),
    "text array": (make_text_array, "0.bias holds <U1, wanted float64"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_and_damaged_files_are_refused_and_the_model_stays(tmp_path, kind):
    make, message = FOREIGN[kind]
    path = tmp_path / "m.npz"
    make(path)
    model = network()
    with pytest.raises(ValueError, match=message):
        load(path, model)
    assert same_weights(model, network())
    assert not Explosive.fired


def test_any_damaged_byte_is_either_harmless_or_refused(tmp_path):
    path = save(tmp_path / "m.npz", network(1))
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    model, messages = network(1), []
    for position in rng.integers(0, len(whole), 400):
        damaged = whole.copy()
        damaged[position] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            load(path, model)
        except ValueError as error:
            messages.append(str(error))
        # what was let through (dates, comments) left the weights as they are: checksums cover them
        assert same_weights(model, network(1))
    assert len(messages) > 200
    assert all("m.npz" in message for message in messages)


def test_paths_are_checked(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz", network())
    with pytest.raises(ValueError, match=r"a model file ends in \.npz, got 'm.pt'"):
        save(tmp_path / "m.pt", network())
