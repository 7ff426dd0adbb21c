"""The lens explorer of lesson 10b, without a browser."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, live_widgets, send, thousand_frames, view
from leaks import after_a_thousand

from lessonlib import functional as F
from lessonlib.explorers import LensExplorer
from lessonlib.lessons.l10b.exercises.exercise_2 import without_head
from lessonlib.lessons.l10b.exercises.exercise_3 import logit_lens
from lessonlib.lessons.l10b.explorer.frame import STAGES, heads, readouts
from lessonlib.lessons.l10b.explorer.model import HEADS, LAYERS, TEXT, Lens, stored_weights
from lessonlib.models.attention_only import VOCABULARY, AttentionOnly


@pytest.fixture
def explorer():
    return LensExplorer()


def by_hand(text, silenced=()):
    """The streams of a fresh model whose output matrices were changed as in exercise 10b.2."""
    model = AttentionOnly(27, 24, 32, LAYERS, HEADS, np.random.default_rng(1))
    model.load_state_dict(stored_weights())
    for layer, head in silenced:
        weight = model.layers[layer - 1].attention.out_proj.weight
        weight.data = without_head(weight.data, head - 1, HEADS)
    return model.eval().streams(np.array([[VOCABULARY.index(c) for c in text]])), model


def test_it_starts_where_the_model_copies(explorer):
    state = explorer.state
    assert state["text"] == TEXT
    assert TEXT[state["place"] + 1] == state["expected"][-1]
    assert state["lens"][-1].max() > 0.9
    assert state["loss"] < 0.3
    assert state["silenced"] == []


@pytest.mark.parametrize("silenced", [[], [(1, 1)], [(1, 2), (2, 4)]])
def test_the_lens_is_that_of_the_lesson(explorer, silenced):
    for layer, head in silenced:
        explorer.silence(layer, head)
    streams, model = by_hand(TEXT, silenced)
    weights = stored_weights()
    norm = weights["norm.weight"], weights["norm.bias"]
    out = weights["output.weight"], weights["output.bias"]
    for stage, stream in enumerate(streams):
        lens = logit_lens(stream[0], *norm, *out)
        assert np.allclose(explorer.model.now.lens[stage], lens, atol=1e-5)
    place = explorer.place
    for k, layer in enumerate(model.layers):
        seen = explorer.state["attention"][k]
        assert np.allclose(seen, layer.weights[0, :, place, : place + 1], atol=1e-6)
        assert np.allclose(seen.sum(axis=1), 1, atol=1e-5)


def test_the_loss_is_the_cross_entropy_at_the_copied_letters(explorer):
    row, at = explorer.model.tokens[0], explorer.model.counted
    streams, model = by_hand(TEXT)
    scores = model.output(model.norm(streams[-1]))[0]
    assert np.isclose(
        explorer.state["loss"], F.cross_entropy(scores[at], row[at + 1])[0], atol=1e-4
    )
    assert all(TEXT[i] in TEXT[:i] for i in at)
    explorer.set_text("abcdefg")
    assert not explorer.model.copies
    assert len(explorer.model.counted) == 6


def test_silencing_either_layer_destroys_the_copy_and_undoing_brings_it_back(explorer):
    whole = explorer.state["loss"]
    for layer in (1, 2):
        explorer.silence(layer)
        assert len(explorer.state["silenced"]) == HEADS
        assert explorer.state["loss"] > whole + 1.5
        assert explorer.state["loss of the whole model"] == whole
        explorer.silence(layer)
        assert explorer.state["loss"] == whole
    explorer.silence(1, 1, on=True)
    explorer.silence(1, 1, on=True)
    assert explorer.state["silenced"] == [(1, 1)]
    explorer.silence(1)  # the rest of the layer too
    assert len(explorer.state["silenced"]) == HEADS


def test_the_cost_of_a_head_is_what_silencing_it_adds(explorer):
    whole = explorer.state["loss"]
    for k in range(LAYERS):
        for h in range(HEADS):
            explorer.silence(k + 1, h + 1)
            shown = heads(explorer.model)[k][h]
            assert shown["silenced"]
            added = explorer.state["loss"] - whole
            assert float(shown["cost"].replace("−", "-")) == pytest.approx(added, abs=0.006)
            explorer.silence(k + 1, h + 1)


def test_only_after_layer_two_the_answer_appears():
    lens, early, late = Lens(TEXT), [], []
    for place in lens.counted:
        lens.choose(int(place))
        first, second, third = lens.state["lens"][:, lens.following]
        early.append(max(first, second))
        late.append(third)
    assert np.mean(late) > 0.8
    assert np.mean(early) < 0.3


def test_it_walks_to_the_end_and_back(explorer):
    explorer.silence(2)
    explorer.reset()
    assert explorer.state["silenced"] == []
    assert explorer.place == 0
    explorer.step(100)
    assert explorer.finished
    assert explorer.place == len(TEXT) - 1
    assert readouts(explorer.model)[1:3] == [
        ["next in the text", "the end"],
        ["its probability", ""],
    ]
    explorer.play()
    assert explorer.place == 0


def test_events_and_another_text(explorer):
    explorer.answer({"name": "choose", "place": 4})
    explorer.answer({"name": "silence", "layer": 2, "head": 3})
    explorer.answer({"name": "silence", "layer": 1})
    assert explorer.place == 4
    assert len(explorer.state["silenced"]) == 5
    explorer.set_text("abc")
    assert explorer.place == 2
    assert explorer.finished
    explorer.set_text("a" * 23)
    json.dumps(frame(explorer))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda e: e.set_text("Quick"), "set_text: 'Quick', wanted 2 to 23 small letters"),
        (lambda e: e.set_text(""), "wanted 2 to 23"),
        (lambda e: e.set_text("a" * 24), "wanted 2 to 23"),
        (lambda e: e.choose(19), "choose: place 19, wanted 0 to 18"),
        (lambda e: e.choose(-1), "place -1"),
        (lambda e: e.silence(3), "silence: layer 3"),
        (lambda e: e.silence(1, 0), "head 0; wanted 1 to 2 and 1 to 4"),
        (lambda e: e.answer({"name": "dance"}), "event 'dance'"),
    ],
)
def test_odd_input_is_named_and_changes_nothing(explorer, call, words):
    before = frame(explorer)
    with pytest.raises(ValueError, match=words):
        call(explorer)
    assert frame(explorer) == before


def test_every_frame_is_plain_and_says_what_happens(explorer):
    for place in range(len(TEXT)):
        explorer.choose(place)
        sent = frame(explorer)
        json.dumps(sent)
        assert [stage["name"] for stage in sent["stages"]] == list(STAGES)
        assert all(len(head["weights"]) == place + 1 for row in sent["heads"] for head in row)
        assert sent["summary"].endswith(sent["note"])
    explorer.silence(1, 2)
    assert "Silenced: 1.2." in frame(explorer)["note"]


def test_the_picture_names_its_parts(explorer):
    with figure(explorer) as picture:
        bars, weights = picture.axes
        assert [label.get_text() for label in bars.get_yticklabels()] == list(STAGES)
        assert len(bars.patches) == 15
        assert weights.images[0].get_array().shape == (8, explorer.place + 1)
    assert explorer.picture().alt == frame(explorer)["summary"]


def test_the_view_carries_its_style_and_closes_its_widgets(shown):
    before = live_widgets()
    explorer = LensExplorer()
    shown(explorer)
    assert ".ns-lens" in view(explorer)._css
    assert "lensView" in view(explorer)._esm
    explorer.close()
    assert live_widgets() == before


def test_text_and_clicks_reach_the_model(shown, explorer):
    shown(explorer)
    (box, *_) = controls(explorer)
    box.value = "abcdefgabc"
    assert explorer.text == "abcdefgabc"
    box.value = "ABC"
    assert "small letters" in view(explorer).error
    assert explorer.text == "abcdefgabc"
    assert send(explorer, "silence", layer=1, head=2) == ""
    assert view(explorer).frame["heads"][0][1]["silenced"]
    assert "place 99" in send(explorer, "choose", place=99)


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown, explorer):
    shown(explorer)
    grown = thousand_frames(explorer, warm=100)
    assert grown.objects < 50
    assert grown.memory < 50_000


@pytest.mark.exhaustive
def test_a_thousand_silenced_heads_leave_nothing():
    lens = Lens(TEXT)

    def silence(steps):
        for k in range(steps):
            lens.silence(1 + k % 2, 1 + k % 4)

    assert after_a_thousand(silence, warm=60).memory < 50_000
