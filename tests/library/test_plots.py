"""What the plot functions draw: positions, colours, markers, limits. Pixels are not compared."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from lessonlib import plots


@pytest.fixture
def ax():
    plots.use_style()
    figure, ax = plt.subplots()
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    yield ax
    plt.close(figure)


def test_points_differ_by_colour_and_by_marker(ax):
    X, y = np.array([[0.0, 0.5], [0.2, -0.4]]), np.array([1, -1])
    assert plots.plot_points(ax, X, y) is ax
    above, below = ax.collections
    assert np.array_equal(above.get_offsets(), X[:1])
    assert np.array_equal(below.get_offsets(), X[1:])
    assert to_hex(above.get_facecolor()[0]).upper() == plots.COLOUR["positive"]
    assert to_hex(below.get_facecolor()[0]).upper() == plots.COLOUR["negative"]
    assert len(above.get_paths()[0].vertices) != len(below.get_paths()[0].vertices)


def test_line_lies_where_the_score_is_zero(ax):
    weight, bias = np.array([1.0, 2.0]), 0.3
    plots.plot_line(ax, weight, bias)
    segments = [c for c in ax.collections if len(c.get_paths()) == 1 and not c.get_fill()]
    (line,) = segments[0].get_paths()
    assert np.allclose(line.vertices @ weight + bias, 0, atol=1e-9)
    (arrow,) = ax.patches
    start, tip = (np.array(p) for p in arrow._posA_posB)
    assert np.isclose(start @ weight + bias, 0)
    assert (tip - start) @ weight > 0
    assert np.isclose(np.cross([*(tip - start), 0], [*weight, 0])[2], 0)


def test_no_line_without_a_direction(ax):
    plots.plot_line(ax, np.zeros(2), 1.0)
    assert not ax.collections
    assert not ax.patches


def test_decision_regions_ask_the_whole_plane(ax):
    asked = []

    def answer(points):
        asked.append(points)
        return points[:, 0]

    plots.plot_decision_regions(ax, answer, resolution=20)
    assert asked[0].shape == (400, 2)
    assert asked[0].min() == -1
    assert asked[0].max() == 1
    line = ax.collections[-1].get_paths()[0].vertices
    assert np.allclose(line[:, 0], 0, atol=1e-6)


def test_signed_images_share_a_scale_centred_at_zero():
    figure, axes = plt.subplots(1, 2)
    plots.plot_images(axes, np.array([[[1.0, -3.0]], [[0.5, 2.0]]]), ["a", "b"], signed=True)
    for ax, title in zip(axes, "ab", strict=True):
        assert ax.images[0].get_clim() == (-3.0, 3.0)
        assert ax.get_title(loc="left") == title
    plt.close(figure)


def test_signed_map_is_light_at_zero_and_takes_the_role_colours():
    assert to_hex(plots.SIGNED(0.0)).upper() == plots.COLOUR["negative"]
    assert to_hex(plots.SIGNED(1.0)).upper() == plots.COLOUR["positive"]
    assert min(plots.SIGNED(0.5)[:3]) > 0.9


def test_role_colours_have_contrast_on_the_ground():
    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        parts = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return parts @ [0.2126, 0.7152, 0.0722]

    ground = luminance("#FAFAF7")
    for role, colour in plots.COLOUR.items():
        ratio = (ground + 0.05) / (luminance(colour) + 0.05)
        assert ratio >= 4.5, f"{role}: contrast {ratio:.1f}"


def test_show_gives_picture_and_words_and_closes_the_figure(monkeypatch):
    before = plt.get_fignums()
    monkeypatch.delenv("LESSONLIB_OUTPUT", raising=False)
    picture = plots.show(plt.figure(figsize=(3, 2)), 'A "quoted"  sentence.')
    assert plt.get_fignums() == before
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == 'Figure: A "quoted" sentence.'
    assert "alt='A &quot;quoted&quot; sentence.'" in data["text/html"]
    assert picture.png.startswith(b"\x89PNG")
    assert metadata["image/png"] == {"width": 300, "alt": 'A "quoted" sentence.'}
    monkeypatch.setenv("LESSONLIB_OUTPUT", "static")
    assert set(picture._repr_mimebundle_()[0]) == {"text/plain", "image/png"}


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        figure, ax = plt.subplots()
        ax.plot([0, 1], [1, 0])
        return plots.show(figure, "A line.").png

    assert draw() == draw()


def test_a_stored_picture_is_smaller_and_shows_the_same(monkeypatch):
    pictures = {}
    for output in ("live", "static"):
        monkeypatch.setenv("LESSONLIB_OUTPUT", output)
        figure, ax = plt.subplots()
        ax.plot(np.sin(np.arange(300)))
        pictures[output] = plots.show(figure, "A wave.").png
    assert len(pictures["static"]) < len(pictures["live"])
    live, stored = (
        np.array(Image.open(io.BytesIO(png)).convert("RGB")) for png in pictures.values()
    )
    assert np.array_equal(live, stored)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda ax: plots.plot_points(ax, np.zeros((2, 3)), np.ones(2)), "plot_points: X"),
        (lambda ax: plots.plot_line(ax, np.zeros(3), 0.0), "plot_line: weight"),
        (lambda ax: plots.plot_images([ax], np.zeros((2, 2))), "plot_images: images"),
        (lambda ax: plots.plot_decision_regions(ax, lambda p: p, 5), "plot_decision_regions:"),
        (lambda ax: plots.show(plt.figure(), " "), "alt text"),
    ],
)
def test_wrong_shapes_are_named(ax, draw, words):
    with pytest.raises(ValueError, match=words):
        draw(ax)
    plt.close("all")
