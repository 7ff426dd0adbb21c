"""The embedded digits, the generators, and MNIST's real loader on real files where they are."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib.datasets.shapes import draw

MNIST = Path(__file__).resolve().parents[2] / "shared" / "data"


def test_digits_are_split_once_and_completely():
    parts = [datasets.load("digits", split=s) for s in ("train", "validation", "test")]
    assert [len(y) for _, y in parts] == [1007, 250, 540]
    for X, y in parts:
        assert X.dtype == np.float32
        assert y.dtype == np.int64
        assert X.min() == 0
        assert X.max() == 1
        assert set(y) == set(range(10))
        share = np.bincount(y) / len(y)
        assert share.max() - share.min() < 0.02  # stratified


def test_flat_and_square_hold_the_same_pixels():
    flat, _ = datasets.load("digits")
    square, _ = datasets.load("digits", flat=False)
    assert square.shape == (1007, 8, 8)
    assert np.array_equal(flat, square.reshape(1007, 64))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "cifar"}, "name 'cifar', wanted one of"),
        ({"name": "digits", "split": "dev"}, "split 'dev', wanted one of"),
    ],
)
def test_unknown_names_are_answered_with_the_known_ones(arguments, words):
    with pytest.raises(ValueError, match=words):
        datasets.load(**arguments)


def test_missing_mnist_is_one_line_that_names_the_way_out(tmp_path):
    with pytest.raises(FileNotFoundError, match="download=True") as caught:
        datasets.load("mnist", folder=tmp_path)
    assert "\n" not in str(caught.value)
    assert "digits" in str(caught.value)


def test_failed_download_is_one_line(tmp_path, monkeypatch):
    from torchvision.datasets import MNIST as Torchvision

    monkeypatch.setattr(Torchvision, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(ConnectionError, match="could not be downloaded") as caught:
        datasets.load("mnist", folder=tmp_path, download=True)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not (MNIST / "MNIST" / "raw").is_dir(), reason="no MNIST files next to us")
def test_mnist_files_load_with_torchvisions_own_class():
    parts = {s: datasets.load("mnist", split=s, folder=MNIST) for s in datasets.splits.SPLITS}
    sizes = {s: len(y) for s, (_, y) in parts.items()}
    assert sizes["train"] + sizes["validation"] == 8000
    assert sizes["test"] == 2000
    X, y = parts["train"]
    assert X.shape[1] == 784
    assert X.dtype == np.float32
    assert 0 <= X.min() < X.max() <= 1
    assert set(y) == set(range(10))


@pytest.mark.skipif(not (MNIST / "MNIST" / "raw").is_dir(), reason="no MNIST files next to us")
def test_a_damaged_mnist_file_is_named(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in (MNIST / "MNIST" / "raw").iterdir():
        data = file.read_bytes()
        (raw / file.name).write_bytes(data[:100] if "images" in file.name else data)
    with pytest.raises(RuntimeError, match="damaged"):
        datasets.load("mnist", folder=tmp_path)


@given(
    right=st.integers(-4, 4), down=st.integers(-4, 4), n=st.integers(0, 3), seed=st.integers(0, 99)
)
def test_shift_moves_and_loses_nothing_inside(right, down, n, seed):
    images = np.zeros((n, 14, 14), np.float32)
    images[:, 5:9, 5:9] = np.random.default_rng(seed).random((n, 4, 4))
    moved = datasets.shift(images, right, down)
    assert np.array_equal(np.roll(images, (down, right), axis=(1, 2)), moved)
    assert moved.dtype == images.dtype


@pytest.mark.parametrize(("shape", "right"), [((4, 4), 1), ((2, 3, 3), 3), ((2, 3, 3), -9)])
def test_impossible_shifts_are_refused(shape, right):
    with pytest.raises(ValueError, match="shift:"):
        datasets.shift(np.zeros(shape), right)


@given(
    n=st.integers(1, 60),
    dim=st.integers(2, 12),
    margin=st.sampled_from([0.0, 0.05, 0.2]),
    seed=st.integers(0, 99),
)
def test_separable_points_keep_their_margin(n, dim, margin, seed):
    X, y, u = datasets.separable(n, dim, margin, np.random.default_rng(seed))
    assert X.shape == (n, dim)
    assert np.allclose(np.linalg.norm(X, axis=1), 1)
    assert np.min(y * (X @ u)) >= margin


@pytest.mark.parametrize(("n", "dim", "margin"), [(0, 3, 0.1), (5, 1, 0.1), (5, 3, 1.0)])
def test_impossible_clouds_are_refused(n, dim, margin):
    with pytest.raises(ValueError, match="separable:"):
        datasets.separable(n, dim, margin, np.random.default_rng(0))


def test_margin_without_room_is_refused():
    with pytest.raises(ValueError, match="almost no points"):
        datasets.separable(50, 40, 0.99, np.random.default_rng(0))


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_ink_is_no_clue(moved, turned):
    X, y = datasets.triangles(1200, np.random.default_rng(5), shifted=moved, rotated=turned)
    ink = X.sum(axis=1)
    assert abs(np.corrcoef(ink, y)[0, 1]) < 0.12
    assert set(np.unique(X)) == {0.0, 1.0}
    assert np.sum(y == 1) == 600


@pytest.mark.parametrize("kind", datasets.SHAPES)
@pytest.mark.parametrize("angle", [0.0, 0.4, 2.0])
def test_shapes_have_the_ink_they_are_asked_for(kind, angle):
    inks = [draw(kind, 64, 600, angle + k / 50, np.array([31.5, 31.5])).sum() for k in range(10)]
    assert abs(np.mean(inks) - 600) < 30


@pytest.mark.parametrize("bad", [{"n": 0}, {"n": 3, "size": 4}, {"n": 3, "noise": 1.5}])
def test_bad_settings_of_triangles_are_refused(bad):
    with pytest.raises(ValueError, match="triangles:"):
        datasets.triangles(rng=np.random.default_rng(0), **bad)
    with pytest.raises(ValueError, match="draw: kind"):
        draw("star", 16, 30, 0.0, np.zeros(2))
