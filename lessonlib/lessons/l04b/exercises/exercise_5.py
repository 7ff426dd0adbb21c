"""Exercise 04b.5: the capstone, a treatment for the sixth patient, judged by what it does."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property
from lessonlib.lessons.l04b.patient import MOST_CHANGES, SICK, TARGET, WORDS, chart, images, outcome

GUESSING = np.log(10)


def prescribe(settings: dict[str, Any]) -> dict[str, Any]:
    """Change at most three of the sixth patient's settings, so that it learns."""
    treated = dict(settings)
    treated["scale"] = np.sqrt(2)  # He's start: 4 made every layer 2.8 times as large
    treated["bias"] = 0.0  # at -1, with smaller scores, whole layers are dead
    treated["lr"] = 0.03  # momentum 0.9 makes steps ten times as long in the end
    return treated


def _use(answer: Any, seed: int) -> Any:
    """The settings of the treatment; a dict with the changed ones alone will do."""
    treated = answer(dict(SICK))
    return dict(treated) if isinstance(treated, Mapping) else treated


def _read(treated: Any, seed: int) -> Any:
    """The treatment at work on three networks."""
    if treated is None:
        return None
    if not isinstance(treated, dict):
        kind = type(treated).__name__
        raise TypeError(f"wanted is a dict of settings, and a {kind} came back")
    return dict(outcome(tuple(chart(treated).items()), seed))


def _called(seed: int) -> str:
    return "prescribe(patient.SICK)"


def _cases(rng: np.random.Generator) -> list[tuple]:
    for inputs in WORDS["inputs"]:  # read now: a search ends an answer after fractions of a second
        images(inputs)
    return [Case("on three networks", int(rng.integers(0, 8)))]


def _recovers(got: Any, seed: int) -> bool:
    return 1 <= got["changes"] <= MOST_CHANGES and got["loss"] <= TARGET


# ---- what every right answer has -----------------------------------------------------------------


def _changes_something(got: Any, seed: int) -> bool:
    return got["changes"] > 0


def _changes_few(got: Any, seed: int) -> bool:
    return got["changes"] <= MOST_CHANGES


def _is_alive(got: Any, seed: int) -> bool:
    return got["dead"] < 1


def _keeps_its_size(got: Any, seed: int) -> bool:
    return got["dead"] == 1 or not got["changes"] or 0.1 < got["growth"] < 10


def _starts_well(got: Any) -> bool:
    return got["dead"] < 1 and 0.1 < got["growth"] < 10 and 1 <= got["changes"] <= MOST_CHANGES


def _stays_near(got: Any, seed: int) -> bool:
    return not _starts_well(got) or got["highest"] < 20 * GUESSING


def _leaves_guessing(got: Any, seed: int) -> bool:
    stays = _starts_well(got) and got["highest"] < 20 * GUESSING
    return not stays or got["loss"] < 0.95 * GUESSING


def _arrives(got: Any, seed: int) -> bool:
    learns = _starts_well(got) and got["loss"] < 0.95 * GUESSING
    return not learns or got["loss"] <= TARGET


# ---- what people write instead -------------------------------------------------------------------


def _only_the_scale(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | {"scale": np.sqrt(2)}


def _start_alone(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | {"bias": 0.0, "scale": np.sqrt(2)}


def _healthy_rate(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | {"bias": 0.0, "scale": np.sqrt(2), "lr": 0.1}


def _glorot(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | {"bias": 0.0, "scale": 1.0, "lr": 0.03}


EXERCISE = Exercise(
    id="04b.5",
    title="Capstone: the sixth patient",
    points=5,
    stars=3,
    minutes=45,
    reference=prescribe,
    cases=_cases,
    use=_use,
    read=_read,
    called=_called,
    accepts=_recovers,
    parts={
        'treated["bias"]': "the first biases",
        'treated["scale"]': "the spread of the first weights",
        'treated["lr"]': "the learning rate",
    },
    hints=(
        "One illness can hide another. Examine the patient as it is, change what the readings "
        "point to, and examine it again: the next illness then shows.",
        "Read the layers before the losses: by what factor does a layer multiply the signal, and "
        "which setting decides it? Then ask what pushes scores below 0.",
        "Two settings belong to the start, and `at_start` reads both of them without training. "
        "The third belongs to the steps: remember what momentum 0.9 does to their length.",
    ),
    properties=(
        Property(
            "something is changed",
            _changes_something,
            "Nothing has changed: the settings that come back are those of the sick patient.",
        ),
        Property(
            "at most three changes",
            _changes_few,
            "More than three settings have changed. Put one of them back and examine the patient "
            "again: if it recovers all the same, this one was not needed.",
        ),
        Property(
            "no layer is dead",
            _is_alive,
            "Before the first step there is a layer in which every unit is dead, 0 on every image. "
            "No gradient passes it, so no learning rate can help. Which setting pushes all scores "
            "below 0?",
        ),
        Property(
            "the signal keeps its size",
            _keeps_its_size,
            "Units are alive, but before the first step the signal grows or shrinks more than "
            "tenfold from the first hidden layer to the last. Which setting decides the factor "
            "of a layer?",
        ),
        Property(
            "the steps are not too long",
            _stays_near,
            "The start is in order, and then, in some trial, the loss leaps to more than twenty times "
            "that of guessing: the first steps are too long. What makes them shorter?",
        ),
        Property(
            "it leaves guessing",
            _leaves_guessing,
            "In some trial the loss at the end is still near that of guessing, 2.30. Look at the "
            "updates: are they too small to arrive, or were the first ones so large that nothing is "
            "left to learn with? If neither, look at the start again.",
        ),
        Property(
            "it arrives",
            _arrives,
            "In some trial it learns, and the loss at the end is still above 0.15. The steps can be "
            "too short to arrive in ten epochs or too long to settle, or the spread and the biases "
            "make a poor start for this activation.",
        ),
    ),
    mistakes=(
        Mistake(
            "only the scale",
            _only_the_scale,
            "Before the first step a whole layer is dead now. So it goes where the weights are made "
            "smaller and nothing else changes: the scores no longer grow, and another setting pushes "
            "all of them below 0.",
        ),
        Mistake(
            "only the start",
            _start_alone,
            "The start is healthy now: units are alive, and the signal keeps its size. The run "
            "still explodes, so what is left is the length of the steps.",
        ),
        Mistake(
            "the rate of the healthy run",
            _healthy_rate,
            "The start is healthy now. The steps are still too long: with momentum 0.9 steps in one "
            "direction become up to ten times as long, so even 0.1, which healed patients above, is "
            "too high.",
        ),
        Mistake(
            "a start for tanh",
            _glorot,
            "The spread 1 / sqrt(64) is Glorot's, for tanh: with ReLU each layer halves the mean "
            "square, and eight of them leave a sixteenth of the signal's size.",
        ),
    ),
    seconds=20.0,
)
