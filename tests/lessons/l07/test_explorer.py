"""The reader of lesson 07 without a browser: numbers are those of lesson code, words are true."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, thousand_frames, view

from lessonlib import datasets, nn
from lessonlib.explorers import ReaderExplorer
from lessonlib.lessons.l07.explorer.frame import BARS, COLUMNS
from lessonlib.lessons.l07.explorer.model import (
    HEAD_START,
    LONGEST,
    OWN,
    TEXTS,
    TextReader,
    stored_model,
)
from lessonlib.trained import trained


@pytest.fixture
def reader():
    return ReaderExplorer()


# --- reading ---


def test_states_and_expectations_are_those_of_the_layers_step_by_step(reader):
    stored = trained("07.characters")
    w = {k: v.astype(np.float32) for k, v in stored.arrays.items() if k.startswith("weight ")}
    rnn = nn.RNN(32, 128)
    rnn.load_state_dict(
        {k.removeprefix("weight rnn."): v for k, v in w.items() if k.startswith("weight rnn.")}
    )
    model, state = stored_model(), None
    for k, symbol in enumerate(model.letters.encode(reader.model.text[:9])):
        y, state = rnn.eval()(w["weight embed.weight"][[symbol]][None], state)
        scores = w["weight read.weight"] @ y[0, 0] + w["weight read.bias"]
        p = np.exp(scores - scores.max())
        p /= p.sum()
        np.testing.assert_allclose(reader.model.reading.states[k], y[0, 0][model.order], atol=1e-5)
        np.testing.assert_allclose(reader.model.reading.expected[k], p, atol=1e-5)


def test_surprise_is_what_the_expectation_before_gave_the_character(reader):
    for k in (1, 5, 20):
        reader.go(k)
        expected = reader.state["expected"]
        assert sum(expected.values()) == pytest.approx(1)
        bits = -np.log2(expected[reader.model.text[k]])
        assert reader.model.reading.surprise[k] == pytest.approx(bits)
    assert np.isnan(reader.model.reading.surprise[0])


def test_units_that_keep_their_value_are_at_the_top_and_none_keeps_it_for_long():
    model = stored_model()
    assert sorted(model.order) == list(range(128))
    y = model.states(model.letters.encode(datasets.prose("validation")[:3000]))[:, model.order]
    y = y - y.mean(axis=0)
    one, eight = ((y[:-k] * y[k:]).sum(axis=0) / (y**2).sum(axis=0) for k in (1, 8))
    assert np.all(np.diff(one) < 1e-6)
    assert 0.3 < one[0] < 0.5
    assert np.abs(eight).max() < 0.2


def test_it_starts_inside_a_word_and_steps_to_the_end(reader):
    assert reader.position == HEAD_START
    assert reader.state["read"] == reader.model.text[:HEAD_START]
    reader.step()
    assert len(reader.state["states"]) == HEAD_START + 1
    reader.play()
    reader.step(10_000)
    assert reader.finished
    assert not reader.playing
    assert "The text is read" in frame(reader)["note"]
    reader.play()
    assert reader.position == 0
    assert frame(reader)["note"].startswith("Nothing is read yet")
    assert frame(reader)["bars"] == []
    reader.picture()


def test_every_text_is_known_to_the_model_and_opens(reader):
    for name in TEXTS:
        reader.choose(name)
        assert reader.model.unknown == []
        assert len(reader.model.text) > HEAD_START
        reader.picture()
        json.dumps({k: v for k, v in frame(reader).items() if k != "map"}, allow_nan=False)


def test_own_text_unknown_characters_and_length(reader):
    reader.write("naïve 漢 " + "x" * 1000)
    assert reader.model.name == OWN
    assert len(reader.model.text) == LONGEST
    assert "漢" in reader.model.unknown
    assert reader.model.text.startswith("na")
    assert "?" in reader.model.text
    assert "Read as ?: " in frame(reader)["note"]
    reader.choose("a sentence")
    assert reader.model.unknown == []
    reader.choose(OWN)
    assert len(reader.model.text) == LONGEST
    reader.write("a")
    assert reader.position == 1
    assert reader.finished


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda r: r.choose("a poem"), "choose: 'a poem', wanted one of a sentence"),
        (lambda r: r.write(""), "empty text"),
        (lambda r: r.choose_unit(128), "choose_unit: 128, wanted 0 to 127"),
        (lambda r: r.answer({"name": "dance"}), "event 'dance'"),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(reader, action, message):
    with pytest.raises(ValueError, match=message):
        action(reader)


def test_going_outside_the_text_ends_at_its_ends(reader):
    reader.answer({"name": "go", "position": -3})
    assert reader.position == 0
    reader.answer({"name": "go", "position": 9999})
    assert reader.position == len(reader.model.text)


# --- what goes to the view ---


def test_the_frame_holds_the_map_of_the_last_states(reader):
    reader.write("The value of the expression is " * 5)
    reader.go(100)
    reader.answer({"name": "unit", "row": 7})
    sent = frame(reader)
    values = np.frombuffer(sent["map"], np.int8).reshape(sent["rows"], COLUMNS)
    np.testing.assert_allclose(values / 127, reader.model.reading.states[36:100].T, atol=0.005)
    np.testing.assert_allclose(sent["values"], reader.model.reading.states[:100, 7], atol=0.0051)
    assert len(sent["surprise"]) == 100
    assert len(sent["bars"]) == BARS
    assert [comes for sign, _, comes in sent["bars"]].count(True) <= 1
    probabilities = [p for _, p, _ in sent["bars"]]
    assert probabilities == sorted(probabilities, reverse=True)


def test_the_note_says_what_comes_and_what_it_costs(reader):
    reader.write("Type teh slip")
    reader.go(6)
    assert "What comes is “e”" in frame(reader)["note"] or "So it comes" in frame(reader)["note"]
    reader.go(7)
    note = frame(reader)["note"]
    assert note.startswith("After “e”")
    assert "What comes is “h”" in note
    assert f"{reader.model.reading.surprise[7]:.1f} bits" in note


def test_the_picture_names_what_was_read_and_what_is_expected(reader):
    with figure(reader) as picture:
        read, bars = (
            [text.get_text() for text in labels]
            for labels in (picture.axes[0].get_xticklabels(), picture.axes[1].get_yticklabels())
        )
    assert "".join(read) == reader.state["read"].replace(" ", "␣")
    assert bars[-1] == frame(reader)["bars"][0][0]


def test_menu_and_text_box_change_the_text(shown, reader):
    shown(reader)
    choice, typed = controls(reader)[:2]
    choice.value = "a quotation"
    assert reader.model.name == "a quotation"
    typed.value = "Hello there."
    assert reader.state["text"] == "Hello there."
    assert choice.value == OWN
    assert view(reader).frame["text"] == "Hello there."
    typed.value = ""
    assert "empty text" in view(reader).error
    assert reader.state["text"] == "Hello there."


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown, reader):
    shown(reader)
    grown = thousand_frames(reader, warm=150)
    assert grown.objects < 50
    assert grown.memory < 50_000


# --- what the lesson asks the learner to find ---


def test_beginnings_of_words_cost_more_than_their_insides():
    reader = TextReader("a sentence")
    first = np.array([k > 0 and reader.text[k - 1] == " " for k in range(len(reader.text))])
    inside = np.array([c.isalpha() for c in reader.text]) & ~first
    inside[0] = False
    surprise = reader.reading.surprise
    assert surprise[first].mean() > 2 * surprise[inside].mean()
    begin = reader.text.index("function")
    assert np.median(surprise[begin + 1 : begin + 8]) < 1


def test_an_invented_word_costs_as_much_when_it_comes_again():
    reader = TextReader("twice the same")
    places = [k for k in range(len(reader.text)) if reader.text.startswith("zqxjv", k)]
    costs = [reader.reading.surprise[k : k + 5].sum() for k in places]
    assert len(costs) == 4
    assert min(costs) > 0.9 * max(costs)


def test_a_slip_is_paid_at_the_wrong_letter():
    reader = TextReader("Type teh slip")
    surprise = reader.reading.surprise
    assert np.nanargmax(surprise) == 7
    assert surprise[7] > 12


def test_the_first_row_is_orange_where_a_line_begins_and_fades_in_the_indentation():
    reader = TextReader("indented code")
    at = reader.text.index("\n         return")
    values = reader.reading.states[at + 1 : at + 10, 0]
    assert values[0] > 0.5
    assert values[1] > 0
    assert values[5:].max() < 0


def test_twenty_times_a_the_columns_grow_alike_and_the_surprise_stays():
    reader = TextReader("a" * 20)
    moves = np.linalg.norm(np.diff(reader.reading.states, axis=0), axis=1)
    assert moves[-5:].max() < moves[:5].min() / 1.9
    assert reader.reading.surprise[-5:].min() > 6
