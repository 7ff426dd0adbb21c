"""Exercise 03.5: the backward pass of a ReLU."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Let the gradient pass where the unit was on, and stop it where it was off."""
    return dy * (x > 0)  # asks for the sign of x, not of dy


def _cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, -2.0, 3.0, 4.0]), np.array([2.0, 5.0, -1.0, -2.0]))
    zero = Case("where `x` is exactly 0", np.array([4.0, -3.0, 2.0]), np.array([0.0, 0.0, 1.0]))
    near = Case("where `x` lies between 0 and 1", np.array([[1.0, -2.0]]), np.array([[0.25, 0.75]]))
    drawn = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in ((4, 3), (2, 5))]
    return [small, zero, near, *drawn]


EXERCISE = Exercise(
    id="03.5",
    title="Backward through a ReLU",
    points=2,
    stars=1,
    minutes=6,
    reference=relu_backward,
    cases=_cases,
    forbidden=(
        "lessonlib.functional.relu_backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
    ),
    hints=(
        "Entry by entry: where x is above 0, y = x and the slope is 1. Elsewhere y = 0: slope?",
        "x > 0 is an array of True and False; times dy it keeps or drops each entry.",
    ),
    properties=(
        Property(
            "one gradient for each entry",
            lambda dx, dy, x: np.shape(dx) == x.shape,
            "There has to be one gradient for each entry: dx has the shape of x. Entries that get "
            "nothing stay in their places as 0.",
        ),
        Property(
            "nothing passes where the unit was off",
            lambda dx, dy, x: np.allclose(np.asarray(dx)[x < 0], 0),
            "Where x was below 0 the ReLU was flat: nothing may come through there, and here "
            "something does.",
        ),
        Property(
            "all passes where the unit was on",
            lambda dx, dy, x: np.allclose(np.asarray(dx)[x > 0], dy[x > 0]),
            "Where x was above 0 the ReLU has slope 1: dy comes through as it is, also where it is "
            "negative; here it does not.",
        ),
        Property(
            "twice the gradient from above",
            lambda dx, more, dy, x: np.allclose(2 * np.asarray(dx), more),
            "Twice the dy has to give twice the dx; here it does not. The slope depends on x "
            "alone, and dy is multiplied by it.",
            also=lambda dy, x: (2 * dy, x),
        ),
    ),
    parts={
        "x > 0": "the slope of the ReLU",
        "dy * (x > 0)": "the gradient",
    },
    mistakes=(
        Mistake(
            "passes at zero",
            lambda dy, x: dy * (x >= 0),
            "At x = 0 the gradient passes here. This course, like PyTorch, uses slope 0 there.",
        ),
        Mistake(
            "one half at zero",
            lambda dy, x: dy * np.where(x > 0, 1.0, np.where(x == 0, 0.5, 0.0)),
            "At x = 0 the slope is 1/2 here. This course, like PyTorch, uses slope 0 there.",
        ),
        Mistake(
            "the slope alone, one half at zero",
            lambda dy, x: np.where(x > 0, 1.0, np.where(x == 0, 0.5, 0.0)),
            "This is the local slope alone; the chain rule multiplies it by what comes from "
            "above, dy. And at x = 0 the slope is 0 in this course.",
        ),
        Mistake(
            "cut to whole numbers",
            lambda dy, x: dy * (x.astype(int) > 0),
            "Where x lies between 0 and 1 nothing passes: x is cut to a whole number before it is "
            "compared. Every x above 0 counts.",
        ),
        Mistake(
            "the value instead of the slope",
            lambda dy, x: dy * np.maximum(x, 0.0),
            "The gradient is multiplied by the value of the ReLU. Its slope is 1 or 0.",
        ),
        Mistake(
            "the slope alone",
            lambda dy, x: (x > 0) * 1.0,
            "This is the local slope. The chain rule multiplies it by what comes from above, dy.",
        ),
        Mistake(
            "cuts the gradient",
            lambda dy, x: np.maximum(dy, 0.0),
            "This cuts negative gradients. What decides is the sign of x on the way forward.",
        ),
        Mistake(
            "the sign of the input",
            lambda dy, x: dy * np.sign(x),
            "np.sign gives -1 where the unit was off, and the gradient goes through, turned "
            "round. ReLU is flat there: the slope is 0.",
        ),
        Mistake(
            "the other side",
            lambda dy, x: dy * (x <= 0),
            "The gradient passes where the unit was off. Turn the comparison round.",
        ),
    ),
)
