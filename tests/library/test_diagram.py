"""The pieces of drawings: where they are, what they say, how wide an edge is."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from lessonlib.plots import COLOUR, diagram, show, use_style


@pytest.fixture
def ax():
    use_style()
    figure, ax = diagram.canvas(8, 3)
    yield ax
    plt.close(figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def of_kind(ax, kind):
    return [patch for patch in ax.patches if type(patch) is kind]


def test_one_unit_of_a_canvas_is_one_inch_in_both_directions(ax):
    size = ax.figure.get_size_inches() * ax.figure.dpi
    assert np.allclose(ax.transData.transform((8, 3)) - ax.transData.transform((0, 0)), size)
    assert not ax.get_xticks().size
    assert not any(spine.get_visible() for spine in ax.spines.values())


def test_a_drawing_is_a_figure_as_every_other(ax, recwarn):
    diagram.box(ax, (4, 1.5), "$x$")
    assert show(ax.figure, "One box.").png.startswith(b"\x89PNG")
    assert not recwarn.list


def test_an_arrow_runs_from_edge_to_edge_and_carries_its_label(ax):
    first, second = diagram.box(ax, (1, 1), "in", width=1.0), diagram.box(ax, (5, 1), "out")
    diagram.arrow(ax, first, second, "(32, 8)")
    (line,) = of_kind(ax, FancyArrowPatch)
    assert line._posA_posB == [first.right, second.left] == [(1.5, 1), (4.4, 1)]
    assert texts(ax) == ["in", "out", "(32, 8)"]
    label = ax.texts[-1]
    assert label.xy == pytest.approx((2.95, 1))
    assert label.xyann[1] > 0, "above the line"


def test_an_arrow_may_lean_bend_and_be_dashed(ax):
    low, high = diagram.box(ax, (1, 0.5), ""), diagram.box(ax, (1, 2.5), "")
    diagram.arrow(ax, low, high, "up")
    assert ax.texts[-1].get_ha() == "left", "right of a line that runs up"
    diagram.arrow(ax, (0, 0), (4, 0), "bent", bend=0.25, dashed=True)
    assert ax.texts[-1].xy == pytest.approx((2.0, 1.0))
    dashes = [patch.get_linestyle() for patch in of_kind(ax, FancyArrowPatch)]
    assert dashes == ["-", (0, (4, 2.5)), "-"], "a dashed line and a head without gaps"


def test_the_bend_is_where_the_label_is(ax):
    diagram.arrow(ax, (0, 0), (4, 0), "bent", bend=0.25)
    (line,) = of_kind(ax, FancyArrowPatch)
    a, control, b = line.get_path().vertices[:3]  # a quadratic curve
    assert (a + 2 * control + b) / 4 == pytest.approx(ax.texts[-1].xy, abs=0.05)


def test_a_line_leaves_a_box_towards_any_side():
    box = diagram.Box((0, 0), 2.0, 1.0)
    assert [box.edge(p) for p in ((4, 0), (0, 4), (-4, 0), (2, 1))] == [
        box.right,
        box.top,
        box.left,
        (1.0, 0.5),
    ]
    assert box.bottom == (0, -0.5)
    assert box.edge((0, 0)) == (0, 0)


def test_a_vector_has_its_label_at_the_tip_or_left_of_its_middle(ax):
    diagram.vector(ax, (0, 0), (3, 0), "w")
    diagram.vector(ax, (0, 0), (4, 0), "v", middle=True)
    tip, middle = ax.texts
    assert tip.xy == (3, 0)
    assert tip.xyann[0] > 0
    assert middle.xy == (2, 0)
    assert middle.xyann[1] > 0
    diagram.vector(ax, (1, 1), (1, 1), "nothing")  # no direction, no division by zero


def test_edges_are_as_wide_as_their_weights_and_dashed_below_zero(ax):
    weight = np.array([[2.0, -1.0], [0.0, 1.0]])
    layers = diagram.network(ax, [2, 2], [weight], centre=(4, 1.5), names=[["a"], []])
    assert [list(layer) for layer in layers] == [[0, 1], [0, 1]]
    widths = {}
    for line in ax.lines:
        ends = tuple(zip(*line.get_data(), strict=True))
        i = next(k for k, node in layers[0].items() if node.centre == ends[0])
        o = next(k for k, node in layers[1].items() if node.centre == ends[1])
        widths[o, i] = line.get_linewidth(), line.get_linestyle(), line.get_color()
    assert widths[0, 0] == (4.0, "-", COLOUR["positive"])
    assert widths[0, 1] == (0.3 + 3.7 / 2, "--", COLOUR["negative"])
    assert widths[1, 0][0] == 0.3
    assert texts(ax) == ["a"]


def test_a_large_layer_shows_its_first_units_dots_and_the_last(ax):
    layers = diagram.network(ax, [64, 3], titles=["pixels", "classes"], most=5)
    assert list(layers[0]) == [0, 1, 2, 63]
    assert list(layers[1]) == [0, 1, 2]
    assert len(of_kind(ax, Circle)) == 7
    assert len(ax.lines) == 12
    assert texts(ax) == ["⋮", "pixels", "classes"]


@pytest.mark.parametrize("sizes", [[3], [], [2, 0]])
def test_a_network_without_layers_is_refused(ax, sizes):
    with pytest.raises(ValueError, match="two layers or more"):
        diagram.network(ax, sizes)


def test_weights_of_a_wrong_shape_are_refused(ax):
    with pytest.raises(ValueError, match=r"weights of shapes \[\(3, 2\)\], wanted \[\(2, 3\)\]"):
        diagram.network(ax, [3, 2], [np.zeros((3, 2))])


def test_a_grid_writes_its_numbers_row_by_row_and_knows_its_cells(ax):
    at = diagram.grid(ax, np.array([[1, 2.5], [np.nan, -3]]), (2, 1), cell=1.0, columns=["a", "b"])
    assert texts(ax) == ["1", "2.5", "-3", "a", "b"]
    assert ax.texts[0].get_position() == at.cell(0, 0).centre == (1.5, 1.5)
    assert ax.texts[2].get_position() == at.cell(1, 1).centre == (2.5, 0.5)
    assert (at.left, at.right, at.shape) == ((1.0, 1), (3.0, 1), (2, 2))
    for outside in ((2, 0), (0, -1)):
        with pytest.raises(IndexError, match="not in a matrix of 2 x 2"):
            at.cell(*outside)


def test_one_line_runs_around_highlighted_neighbours(ax):
    diagram.grid(ax, np.zeros((3, 3)), highlight=[(0, 0), (0, 1)], form="")
    assert len(ax.lines) == 6, "two squares have eight edges, the shared one is left out twice"
    assert texts(ax) == []


def test_shaded_cells_have_the_colours_of_signed_values_and_readable_numbers(ax):
    diagram.grid(ax, [2.0, 0.0, -2.0], shaded=True)
    cells = of_kind(ax, Rectangle)[:3]
    wanted = [to_rgb(c) for c in (COLOUR["positive"], "#F7F7F7", COLOUR["negative"])]
    assert np.allclose([cell.get_facecolor()[:3] for cell in cells], wanted, atol=0.01)
    assert [text.get_color() for text in ax.texts] == ["#FFFFFF", diagram.INK, "#FFFFFF"]


@pytest.mark.parametrize("shape", [(0,), (2, 2, 2), ()])
def test_an_array_that_is_no_small_matrix_is_refused(ax, shape):
    with pytest.raises(ValueError, match="wanted"):
        diagram.grid(ax, np.zeros(shape))
