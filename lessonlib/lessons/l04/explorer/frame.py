"""The race in paths, numbers and words: what the view is sent."""

from functools import cache
from typing import Any

import numpy as np

from lessonlib.lessons.l04.explorer.model import ARRIVED, MOST, OPTIMIZERS, Race
from lessonlib.lessons.l04.explorer.surfaces import SURFACES

GRID = 128  # heights a side that are sent for the background


def frame(race: Race) -> dict[str, Any]:
    """All that the script draws."""
    words, surface = note(race), race.surface
    steps = ["steps", f"{race.steps} of {MOST}"]
    return {
        "surface": race.name,
        "middle": list(surface.middle),
        "reach": surface.reach,
        "ground": ground(race.name),
        "grid": GRID,
        "start": race.start.tolist(),
        "minima": [list(m) for m in surface.minima],
        "names": list(OPTIMIZERS),
        "shown": list(race.shown),
        "paths": {n: race.path(n).astype("<f4").tobytes() for n in race.shown},
        "readouts": [steps, *(readout(race, name) for name in race.shown)],
        "note": words,
        "summary": f"{race.name}, learning rate {race.lr:g}, {race.steps} steps. {words}",
    }


@cache
def ground(name: str) -> bytes:
    """Heights of a surface on a grid, 0 to 255, row by row from the top."""
    surface = SURFACES[name]
    height = surface.shades(surface.heights(GRID)[2])
    height = (height - height.min()) / (height.max() - height.min())
    return (255 * height[::-1]).round().astype(np.uint8).tobytes()


def readout(race: Race, name: str) -> list[str]:
    """The name of an optimizer, and how far it has come."""
    if race.diverged[name] is not None:
        return [name, f"diverged at step {race.diverged[name]}"]
    when = race.arrived[name]
    first = "" if when is None else f", below {ARRIVED:g} at step {when}"
    return [name, f"loss {race.losses[name]:.2g}{first}"]


def note(race: Race) -> str:
    """One to three sentences on who leads, who diverged and who arrived."""
    if race.steps == 0:
        return "All stand at the start. Press Step or Play."
    lost = [n for n in race.shown if race.diverged[n] is not None]
    if lost:
        are = "has" if len(lost) == 1 else "have"
        return (
            f"{_listed(lost)} {are} diverged: each step was longer than the one before. "
            f"A learning rate of {race.lr:g} is too large for this surface."
        )
    losses = {n: race.losses[n] for n in race.shown}
    lead = min(losses, key=losses.__getitem__)
    there = [n for n in race.shown if race.arrived[n] is not None]
    reached = f" Has been below {ARRIVED:g}: {_listed(there)}." if there else ""
    end = " The race is over; Play starts it again." if race.finished else ""
    return f"Lowest loss above the minimum now: {lead}, {losses[lead]:.2g}.{reached}{end}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
