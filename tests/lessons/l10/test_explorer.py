"""The prompt explorer: numbers of the model, a text that can be repeated, a view without leaks."""

import json

import numpy as np
import pytest
from explorer_driver import controls, figure, frame, thousand_frames, view

from lessonlib.explorers import PromptExplorer
from lessonlib.lessons.l10.explorer.frame import COLUMNS, attention_map, label, visible
from lessonlib.lessons.l10.explorer.model import CHOICES, LONGEST, START, Continuation, entropy
from lessonlib.models import trained_gpt
from lessonlib.sampling import distribution


def test_the_numbers_are_those_of_the_model():
    explorer = PromptExplorer("The value of the", temperature=0.5, top_k=5, top_p=0.9)
    model, code = trained_gpt()
    ids = code.encode("The value of the")
    logits = model(ids[None])[0, -1].astype(float)
    state = explorer.state
    np.testing.assert_allclose(state["model probabilities"], distribution(logits))
    np.testing.assert_allclose(state["probabilities"], distribution(logits, 0.5, 5, 0.9))
    np.testing.assert_array_equal(state["attention"], model.attention()[:, 0, :, -1])
    np.testing.assert_allclose(state["attention"].sum(axis=-1), 1, rtol=1e-5)
    assert state["tokens"] == [code.show(i) for i in ids]


def test_a_greedy_step_appends_the_most_probable_token():
    written = Continuation("raises an exception if", temperature=0)
    best = int(written.expected.argmax())
    written.step()
    assert written.ids[-1] == best
    assert written.state["drawn"] == 1
    assert written.text.startswith("raises an exception if")


def test_the_same_seed_draws_the_same_text_and_reset_twice_another():
    first, second = PromptExplorer(seed=3), PromptExplorer(seed=3)
    first.step(20)
    second.step(20)
    assert first.text == second.text
    second.reset()
    assert second.text == second.model.prompt
    second.step(20)
    assert second.text == first.text
    second.reset()
    second.reset()
    second.step(20)
    assert second.state["seed"] == 4
    assert second.text != first.text


def test_only_tokens_the_settings_keep_are_drawn():
    for seed in range(20):
        written = Continuation(seed=seed, top_k=2, top_p=1.0)
        best = np.argsort(-written.expected)[:2]
        written.step()
        assert written.ids[-1] in best


def test_the_model_reads_the_last_64_tokens():
    written = Continuation("word " * 80)
    for _ in range(30):
        written.step()
    assert written.start == len(written.ids) - 64
    logits = written.network(np.array([written.ids[-64:]]))[0, -1]
    np.testing.assert_allclose(written.logits, logits, rtol=1e-6)


def test_looking_at_a_token_stays_inside_the_context_and_follows_the_end():
    explorer = PromptExplorer("The value of the")
    ids = explorer.model.ids
    explorer.look(1)
    assert explorer.state["attention"].shape == (2, 4, 2)
    explorer.step()
    assert explorer.state["place"] == 1
    explorer.look(10_000)
    explorer.step()
    assert explorer.state["place"] == len(ids) - 1
    explorer.look(-5)
    explorer.step(90)
    assert explorer.state["place"] == explorer.model.start
    explorer.answer({"name": "look", "place": len(ids) - 3})
    assert explorer.state["place"] == len(ids) - 3
    with pytest.raises(ValueError, match="event 'jump', which it does not know"):
        explorer.answer({"name": "jump"})


@pytest.mark.parametrize("prompt", ["", "\n", "é数🙂", "x" * 5000, "a\tb\r\n", "\\$ {x} <b>&"])
def test_odd_prompts_are_read_and_drawn(prompt):
    explorer = PromptExplorer(prompt)
    explorer.step(3)
    json.dumps(frame(explorer))
    with figure(explorer) as picture:
        picture.canvas.draw()


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_draws(name):
    for value in CHOICES[name]:
        explorer = PromptExplorer()
        explorer.choose(name, value)
        explorer.step(3)
        json.dumps(frame(explorer))
        assert explorer.state["probabilities"].sum() == pytest.approx(1)


def test_wrong_settings_are_refused_by_name():
    with pytest.raises(ValueError, match="'heat', wanted one of temperature, top-k"):
        PromptExplorer(heat=3)
    with pytest.raises(ValueError, match="top-p 2, wanted one of"):
        PromptExplorer().choose("top-p", 2)


def test_a_long_context_is_summed_up_in_the_first_column():
    written = Continuation("The value of the object is the value of the other object " * 3)
    labels, weights = attention_map(written)
    assert len(labels) == weights.shape[1] == COLUMNS
    assert labels[0] == "earlier"
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


def test_it_ends_at_its_longest_text_and_play_begins_again():
    explorer = PromptExplorer()
    explorer.step(10 * LONGEST)
    assert explorer.finished
    assert len(explorer.state["tokens"]) == LONGEST
    explorer.play()
    assert explorer.text == explorer.model.prompt
    assert explorer.playing


def test_controls_change_prompt_and_settings(shown):
    explorer = PromptExplorer()
    shown(explorer)
    box, *menus = controls(explorer)[:4]
    assert [menu.value for menu in menus] == [START[name] for name in CHOICES]
    menus[0].value = 0.0
    assert ["tokens that can be drawn", "1 of 556"] in view(explorer).frame["readouts"]
    explorer.step(5)
    explorer.play()
    box.value = "An exception"
    assert (explorer.text, explorer.playing) == ("An exception", False)
    assert view(explorer).frame["tokens"][0] == "A"


def test_labels_and_entropy():
    assert visible("\n    ") == "⏎····"
    assert visible("        ") == "·×8"
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(3)
    piece = Continuation("数")
    assert label(piece, piece.ids[0]) == "byte e6"


def test_the_picture_shows_bars_and_every_head():
    explorer = PromptExplorer("The value of the")
    with figure(explorer) as picture:
        left, right = picture.axes
        assert len(left.patches) == 20
        assert right.images[0].get_array().shape == (8, len(explorer.state["tokens"]))
    assert PromptExplorer().picture().png == PromptExplorer().picture().png


@pytest.mark.exhaustive
def test_a_thousand_frames_grow_neither_objects_nor_memory(shown):
    explorer = PromptExplorer()
    shown(explorer)
    grown = thousand_frames(explorer, warm=350)  # counted where the context is full at both ends
    assert grown.objects < 50
    assert grown.memory < 100_000
