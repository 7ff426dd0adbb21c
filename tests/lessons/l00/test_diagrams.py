"""The drawings of lesson 00 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawings import texts
from matplotlib.lines import AxLine

from lessonlib.lessons.l00 import diagrams
from lessonlib.lessons.l00.exercises.exercise_2 import BAR, EMPTY


def test_the_parts_say_their_sizes():
    assert any("1,007 images" in text for text in texts(diagrams.parts(1007, 250, 540)))


def test_the_drawn_zones_are_those_of_the_exercise():
    spans = [
        (slice(row, row + rows), slice(column, column + columns))
        for _, row, column, rows, columns, _ in diagrams.ZONES
    ]
    assert spans == [BAR, (slice(2, 8), slice(2, 6)), *EMPTY]


@pytest.mark.parametrize("numbers", [True, False])
def test_a_zone_lies_around_its_pixels(numbers):
    _, ax = plt.subplots()
    diagrams.zones(ax, np.zeros((8, 8)), "zones", numbers)
    assert [text.get_text() for text in ax.texts] == list("12345") * numbers
    for patch, (_, row, column, rows, columns, _) in zip(ax.patches, diagrams.ZONES, strict=True):
        (left, top), width, height = patch.get_xy(), patch.get_width(), patch.get_height()
        assert (column - 0.5 < left, top > row - 0.5) == (True, True)
        assert left + width < column + columns - 0.5
        assert top + height < row + rows - 0.5


def test_the_shares_are_written_and_as_long_as_they_are():
    fig = diagrams.shares(77, 67, 23)
    shown = " ".join(texts(fig))
    assert "77 / 100" in shown
    assert "77 / 144" in shown
    widths = [patch.get_width() for patch in fig.axes[0].patches[:3]]
    assert np.allclose(np.divide(widths, widths[0]), np.divide((23, 77, 67), 23))


def test_the_shifts_show_each_way():
    fig = diagrams.shifts({"still": [0.5, 0.5, 0.5], "lost": [0.9, 0.4, 0.1]})
    assert texts(fig) == ["still", "lost", "guessing"]
    still, lost, _ = (line.get_ydata() for line in fig.axes[0].lines)
    assert (list(still), list(lost)) == ([0.5, 0.5, 0.5], [0.9, 0.4, 0.1])


def test_the_plane_has_the_numbers_of_the_case_by_hand_and_its_border():
    points = np.array([[1, 0], [3, 0], [0, 4], [2, 6]])
    fig = diagrams.plane(points, np.array([0, 0, 1, 1]), np.array([1, 3.5]))
    assert texts(fig)[:2] == [
        "average of label 0\nsquared distance 13.25",
        "average of label 1\nsquared distance 2.25",
    ]
    (border,) = (line for line in fig.axes[0].lines if isinstance(line, AxLine))
    (a, b), (c, d) = border.get_xy1(), border.get_xy2()
    for first, second in ((a, b), (c, d)):
        assert np.isclose(2 * first - 2, first + 5 * second - 13)


def test_the_reader_names_the_nearest_average_and_the_distances():
    averages = np.stack([np.full((8, 8), level / 10) for level in range(10)])
    shown = texts(diagrams.reader(np.full((8, 8), 0.31), averages))
    assert "answer\n3" in shown
    assert "3:  0.0" in shown
    assert f"9:  {64 * 0.59**2:.1f}" in shown


def test_the_products_are_of_the_two_largest_sums_and_add_up():
    averages = np.zeros((10, 8, 8))
    averages[7, 0], averages[2, 0, :4] = 1.0, 1.0  # half squares 4 and 2
    shown = texts(diagrams.products(averages[7], averages))
    assert "sum 8.00, less 4.00:  4.00 for 7" in shown
    assert "sum 4.00, less 2.00:  2.00 for 2" in shown


def test_the_network_names_ten_digits_and_the_answer():
    shown = texts(diagrams.network(np.zeros((8, 8))))
    assert [text for text in shown if text.isdigit()] == list("0123456789")
    assert "largest: 7" in shown


def test_the_network_shows_one_row_of_the_pixels():
    image = np.linspace(0, 1, 64).reshape(8, 8)
    fig = diagrams.network(image)
    greys = [patch.get_facecolor()[0] for patch in fig.axes[0].patches if patch.get_zorder() == 5]
    assert np.allclose(greys, 1 - image[3])


def test_a_row_shows_its_images_and_words():
    images = [np.zeros((12, 12)), np.eye(12)]
    fig = diagrams.row(images, ["one", "two"], ["read as 7", "read as 9"])
    assert texts(fig) == ["one", "read as 7", "two", "read as 9"]
    assert [
        np.array_equal(shown.get_array(), image)
        for shown, image in zip(fig.axes[0].images, images, strict=True)
    ] == [True, True]


def test_the_averages_are_one_for_each_digit():
    images, labels = np.arange(20.0)[:, None, None] * np.ones((20, 8, 8)), np.arange(20) % 10
    assert np.allclose(diagrams.averages(images, labels)[:, 0, 0], np.arange(10) + 5)
