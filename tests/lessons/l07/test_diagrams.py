"""The drawings of lesson 07 show what the formulas say."""

from drawings import texts

from lessonlib.lessons.l07 import diagrams


def test_the_same_weights_are_at_every_step_and_a_gradient_comes_back_from_all_but_the_first():
    words = texts(diagrams.unrolled(3))
    assert words.count("$W$") == words.count("$U$") == 3
    assert [f"$g_{k}$" in words for k in (1, 2, 3)] == [True] * 3
    assert [rf"$U^\top da_{k}$" in words for k in (1, 2, 3)] == [False, True, True]


def test_a_stream_goes_on_in_the_next_window():
    words = texts(diagrams.windows())
    pieces = [word for word in words if "␣" in word or len(word) == 12]
    assert "".join(pieces[:3]).startswith("The␣value␣of␣the␣expression␣is␣return")
    assert words.count("state") == 2
    assert words.count("gradient") == 3
