"""Controls of explorers: each calls its action with the new value, and all look alike."""

import pytest

from lessonlib.widgets import controls
from lessonlib.widgets.choices import check_choice

CHOICES = {"width": (1, 2, 64), "top-k": (0, 0.25)}


@pytest.fixture
def seen():
    return []


@pytest.fixture(params=["dropdown", "selection_slider", "float_slider", "text_box"])
def control(request, seen):
    made = {
        "dropdown": lambda: controls.dropdown("Size", [("2", 2), ("4", 4)], 2, "90px", seen.append),
        "selection_slider": lambda: controls.selection_slider(
            "Size", [2, 4], 2, "90px", seen.append
        ),
        "float_slider": lambda: controls.float_slider("Size", 2, "90px", seen.append, max=5),
        "text_box": lambda: controls.text_box("Size", "2", "90px", seen.append),
    }[request.param]()
    yield made
    for part in (made.style, made.layout, made):
        part.close()


def test_a_control_calls_its_action_once_for_each_new_value(control, seen):
    assert seen == []
    control.value = type(control.value)(4)
    control.value = type(control.value)(4)
    assert seen == [type(control.value)(4)]


def test_all_controls_look_alike(control):
    assert control.description == "Size"
    assert control.style.description_width == "auto"
    assert control.layout.width == "90px"


def test_a_text_is_taken_as_a_whole():
    box = controls.text_box("Text", "", "90px", print)
    assert not box.continuous_update
    for part in (box.style, box.layout, box):
        part.close()


def test_a_choice_that_is_offered_passes():
    for name, values in CHOICES.items():
        for value in values:
            assert check_choice("Explorer", name, value, CHOICES) is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("depth", 3, "^Explorer: 'depth', wanted one of width, top-k$"),
        ("width", 3, "^Explorer: width 3, wanted one of 1, 2, 64$"),
        ("top-k", 0.5, r"^Explorer: top-k 0\.5, wanted one of 0, 0\.25$"),
        ("width", float("nan"), "^Explorer: width nan, wanted one of 1, 2, 64$"),
    ],
)
def test_another_one_is_refused_with_what_there_is(name, value, said):
    with pytest.raises(ValueError, match=said):
        check_choice("Explorer", name, value, CHOICES)
