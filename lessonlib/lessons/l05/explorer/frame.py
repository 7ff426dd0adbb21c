"""The capacity explorer in curves, numbers and words: what the view is sent."""

from typing import Any

import numpy as np

from lessonlib.lessons.l05.explorer.model import GRID, LAST, CurveFit, target

DRAWN = 120  # points of a curve that are sent to the browser at most


def frame(fit: CurveFit) -> dict[str, Any]:
    """All that the script draws."""
    state = fit.state
    words = note(state)
    wanted = np.unique(np.geomspace(1, max(1, fit.steps), DRAWN).astype(int))
    curves = fit.errors[:, wanted] if fit.steps else np.zeros((2, 0))
    return {
        "points": np.round(np.column_stack([state["X"], state["y"]]), 3).tolist(),
        "grid": GRID[:, 0].tolist(),
        "fit": np.round(fit.curve, 3).tolist(),
        "truth": np.round(target(GRID[:, 0]), 3).tolist(),
        "at": wanted.tolist() if fit.steps else [],
        "train": np.round(curves[0], 4).tolist(),
        "validation": np.round(curves[1], 4).tolist(),
        "best": state["best step"],
        "noise": state["noise"],
        "last": LAST,
        "readouts": readouts(state),
        "note": words,
        "summary": (
            f"{state['samples']:g} samples, noise {state['noise']:g}, "
            f"width {state['width']:g}, decay {state['decay']:g}, "
            f"dropout {state['dropout']:g}, {fit.steps} steps: "
            f"training error {state['train error']:.2f}, "
            f"validation error {state['validation error']:.2f}. {words}"
        ),
    }


def readouts(state: dict[str, Any]) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    return [
        ["steps", f"{state['steps']:,}"],
        ["parameters", f"{state['parameters']:,}"],
        ["training error", f"{state['train error']:.3f}"],
        ["validation error", f"{state['validation error']:.3f}"],
        ["lowest validation error", f"{state['best validation error']:.3f}"],
        ["... at step", f"{state['best step']:,}"],
        ["noise in the data", f"{state['noise']:g}"],
    ]


def note(state: dict[str, Any]) -> str:
    """One or two sentences on whether it fits too little, memorises, or does well."""
    if state["steps"] == 0:
        return "The first weights. Press Step or Play; Reset again draws other data."
    now, best = state["validation error"], state["best validation error"]
    train, noise = state["train error"], state["noise"]
    if train > 1.3 * noise + 0.05:
        return (
            f"It fits too little: the training error is {train:.2f}, the noise only {noise:g}. "
            "More width, more steps or less regularisation may help."
        )
    if now > 1.1 * best and train < 0.85 * now:
        return (
            f"It memorises: since step {state['best step']} the validation error has risen "
            f"from {best:.2f} to {now:.2f}, while the training error is {train:.2f}."
        )
    return (
        f"Training error {train:.2f}, validation error {now:.2f}: "
        f"near each other, and near the noise of {noise:g}."
        if now < 1.3 * noise + 0.05
        else f"Training error {train:.2f}, validation error {now:.2f}: "
        "the gap is what the sample does not tell."
    )
