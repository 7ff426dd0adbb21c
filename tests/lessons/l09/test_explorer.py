"""The attention explorer of lesson 09, without a browser."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, live_widgets, thousand_frames, view
from leaks import after_a_thousand

from lessonlib.datasets.dates import DATE_DIGITS, date_ids
from lessonlib.datasets.pronouns import SENTENCE_WORDS
from lessonlib.explorers import AttentionExplorer
from lessonlib.lessons.l09.explorer.model import DATE, HEADS, SENTENCE, AttendedText, readers

KING = "the old king sees a young nun and he sells the boat"


@pytest.fixture(params=[SENTENCE, DATE])
def explorer(request):
    return AttentionExplorer(request.param)


def test_the_weights_are_those_of_lessonlibs_layers():
    text = AttendedText()
    reader, _ = readers()
    ids = np.array([[SENTENCE_WORDS.index(word) for word in text.keys]])
    x = reader.word(ids) + reader.place(np.arange(ids.shape[1])[None])
    y, weights = reader.attention(x, x, x, average_attn_weights=False)
    assert np.allclose(text.weights, weights[0], atol=1e-6)
    best = reader.out(x + y).reshape(*ids.shape, 2, -1).argmax(axis=3)[0]
    assert text.answers == [tuple(SENTENCE_WORDS[k] for k in pair) for pair in best]


def test_the_date_is_written_by_the_reader():
    text = AttendedText(DATE)
    _, reader = readers()
    reader.attention.temperature = 1.0
    written, weights = reader.write(date_ids(["march 7, 1994"]))
    assert text.answers == ["".join(DATE_DIGITS[k] for k in written[0])] == ["1994-03-07"]
    assert np.array_equal(text.shown, weights[0, :, :13])
    assert text.state["token"] == "4"
    assert text.keys[text.state["weights"].argmax()] == "4"


def test_it_starts_where_the_pronoun_finds_its_noun():
    state = AttentionExplorer().state
    assert state["token"] == "she"
    assert state["answers"][8] == ("and", "nun")
    assert state["weights"].argmax() == 6
    assert state["weights"].max() > 0.5
    text = AttendedText()
    text.write(KING)
    assert text.state["token"] == "he"
    assert text.keys[text.state["weights"].argmax()] == "king"
    assert text.right() == 24


def test_the_second_head_looks_one_word_back():
    explorer = AttentionExplorer()
    explorer.pick("head 2")
    back = np.diagonal(explorer.shown, offset=-1)
    assert back.mean() > 0.8
    explorer.pick("mean of both")
    assert np.allclose(explorer.shown, explorer.model.weights.mean(axis=0))


def test_heat_flattens_and_spoils(explorer):
    cool = explorer.state["weights"].max()
    explorer.heat(10)
    assert explorer.state["weights"].max() < cool
    if explorer.state["kind"] == SENTENCE:
        assert explorer.right() < 24
    else:
        assert explorer.state["answers"] != ["1994-03-07"]
    explorer.heat(1)
    assert explorer.state["weights"].max() == pytest.approx(cool)


def test_rows_always_add_up_to_one(explorer):
    for temperature in (0.1, 1, 10):
        explorer.heat(temperature)
        for head in HEADS[explorer.state["kind"]]:
            explorer.pick(head)
            assert np.allclose(explorer.shown.sum(axis=1), 1, atol=1e-5)


def test_it_walks_over_the_tokens(explorer):
    explorer.reset()
    seen = []
    while not explorer.finished:
        seen.append(explorer.state["focus"])
        explorer.step()
    assert seen == list(range(len(explorer.model.queries) - 1))
    explorer.play()
    assert explorer.state["focus"] == 0
    explorer.answer({"name": "tick"})
    assert explorer.state["focus"] == 1
    explorer.answer({"name": "look", "token": 4})
    assert explorer.state["focus"] == 4
    assert not explorer.playing


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda e: e.write("the dragon sees a nun"), "'dragon' is no word that the network knows"),
        (lambda e: e.write(" "), "0 words, wanted 1 to 13"),
        (lambda e: e.write("the king " * 7), "14 words"),
        (lambda e: e.pick("head 3"), "'head 3', wanted one of head 1, head 2, mean of both"),
        (lambda e: e.heat(float("nan")), "temperature nan"),
        (lambda e: e.heat(0), "temperature 0"),
        (lambda e: e.look(12), "token 12, wanted 0 to 11"),
        (lambda e: e.choose("a poem"), "'a poem', wanted one of a sentence, a date"),
        (lambda e: e.answer({"name": "dance"}), "event 'dance', which it does not know"),
    ],
)
def test_wrong_input_is_named_and_changes_nothing(act, words):
    explorer = AttentionExplorer()
    before = repr(explorer.state)
    with pytest.raises(ValueError, match=words):
        act(explorer)
    assert repr(explorer.state) == before


def test_odd_texts_are_read_all_the_same():
    explorer = AttentionExplorer()
    explorer.write("  SHE   sees ")
    assert explorer.state["text"] == "she sees"
    assert explorer.state["focus"] == 1
    explorer.write("nun")
    assert np.array_equal(explorer.state["weights"], [1.0])
    explorer.answer({"name": "look", "token": 8})  # from a frame with a longer text
    assert explorer.state["focus"] == 0
    explorer.choose(DATE)
    with pytest.raises(ValueError, match="'!' is no letter"):
        explorer.write("7 mar!")
    explorer.write("7")
    assert explorer.shown.shape == (10, 1)
    explorer.choose(SENTENCE)
    assert explorer.state["text"] == "nun"


def test_every_frame_is_plain_and_says_what_happens(explorer):
    sent = frame(explorer)
    json.dumps(sent)
    assert sent["summary"].endswith(sent["note"])
    assert np.shape(sent["weights"]) == (len(sent["queries"]), len(sent["keys"]))
    assert explorer.picture().alt == sent["summary"]


def test_the_picture_names_every_token(explorer):
    tokens = (*explorer.model.queries, *explorer.model.keys)
    with figure(explorer) as picture:
        left, right = picture.axes
        drawn = {text.get_text() for text in left.texts}
        assert {"␣" if token == " " else token for token in tokens} == drawn
        assert np.array_equal(right.images[0].get_array(), explorer.shown)


def test_the_controls_change_the_explorer(shown):
    before = live_widgets()
    explorer = AttentionExplorer()
    shown(explorer)
    kind, text, head, heat = controls(explorer)[:4]
    head.value = "head 2"
    assert explorer.state["head"] == "head 2"
    text.value = "the dragon"
    assert "dragon" in view(explorer).error
    text.value = KING
    assert view(explorer).error == ""
    assert explorer.state["text"] == KING
    heat.value = heat.options[-1]
    assert explorer.state["temperature"] == 10
    kind.value = DATE
    assert text.value == "march 7, 1994"
    assert head.options == HEADS[DATE]
    kind.value = SENTENCE
    assert text.value == KING
    assert view(explorer).error == ""
    explorer.close()
    assert live_widgets() == before


def test_the_view_carries_its_script(shown):
    explorer = AttentionExplorer()
    shown(explorer)
    assert "attentionView" in view(explorer)._esm


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown):
    explorer = AttentionExplorer()
    shown(explorer)
    grown = thousand_frames(explorer, warm=100)
    assert grown.objects < 50
    assert grown.memory < 50_000


@pytest.mark.exhaustive
def test_a_thousand_temperatures_leave_nothing():
    text = AttendedText()

    def heat(steps):
        for k in range(steps):
            text.heat(0.5 + k % 30 / 10)

    # NumPy keeps small blocks; those from before the tracing are replaced by traced ones.
    assert after_a_thousand(heat, warm=100, traced=1000).memory < 20_000
