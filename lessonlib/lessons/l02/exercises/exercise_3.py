"""Exercise 02.3: the derivative of SiLU, z * sigmoid(z)."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def silu_slope(z: np.ndarray) -> np.ndarray:
    """The derivative of z * sigmoid(z)."""
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)  # product rule: 1 * s + z * s'


def _cases(rng: np.random.Generator) -> list[tuple]:
    return [
        Case("at z = 0", np.array([0.0])),
        (np.array([-2.0, -1.0, 1.0, 2.0]),),
        (rng.normal(size=(3, 4)),),
        (5 * rng.normal(size=20),),
        (np.array([-30.0, -10.0, 0.5, 10.0, 30.0]),),
    ]


# ---- what people write instead -------------------------------------------------------------------


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _formula_of_the_sigmoid(z: np.ndarray) -> np.ndarray:
    y = z * _sigmoid(z)
    return y * (1 - y)


EXERCISE = Exercise(
    id="02.3",
    title="The slope of SiLU",
    points=3,
    stars=2,
    minutes=12,
    reference=silu_slope,
    cases=_cases,
    forbidden=("lessonlib.functional.silu_backward", "torch.nn.functional.silu"),
    hints=(
        "z * s(z) is a product of two functions of z. Which rule differentiates a product?",
        "The slope of the sigmoid is s (1 - s), with s = sigmoid(z).",
        "At z = 0 the answer is 1/2. Far to the right it is 1, far to the left 0.",
    ),
    properties=(
        Property(
            "one slope for each entry",
            lambda slope, z: np.shape(slope) == z.shape,
            "There has to be one slope for each entry of z: the result has the shape of z.",
        ),
        Property(
            "the slope at 0 is 1/2",
            lambda slope, zero, z: np.allclose(zero, 0.5),
            "At z = 0 the slope is 1/2: there z is 0, and only the change of the factor z counts. "
            "Here it is another number.",
            also=lambda z: (0 * z,),
        ),
        Property(
            "the slope far to the right is 1",
            lambda slope, far, z: np.allclose(far, 1),
            "Far to the right SiLU is z itself, so its slope is 1 there; here it is not.",
            also=lambda z: (z + 60,),
        ),
        Property(
            "the slope far to the left is 0",
            lambda slope, far, z: np.allclose(far, 0),
            "Far to the left SiLU is flat, so its slope is 0 there; here it is not.",
            also=lambda z: (z - 60,),
        ),
        Property(
            "slopes at z and -z add up to 1",
            lambda slope, other, z: np.allclose(np.add(slope, other), 1),
            "The slopes at z and at -z have to add up to 1, because z s(z) + z s(-z) = z; here "
            "they do not.",
            also=lambda z: (-z,),
        ),
    ),
    parts={
        "s": "the sigmoid",
        "1 / (1 + np.exp(-z))": "the sigmoid",
        "1 + np.exp(-z)": "the part with the exponential",
        "np.exp(-z)": "the exponential",
        "-z": "the exponent",
        "1 - s": "1 minus the sigmoid",
        "z * s": "z times the sigmoid",
        "z * s * (1 - s)": "the second term of the product rule",
        "s + z * s * (1 - s)": "the slope",
    },
    mistakes=(
        Mistake(
            "slope of the sigmoid",
            lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
            "This is the slope of the sigmoid alone, which is also the product of the two "
            "derivatives. SiLU is z times the sigmoid, and a product has two terms in its "
            "derivative.",
        ),
        Mistake(
            "formula of the sigmoid",
            _formula_of_the_sigmoid,
            "y (1 - y) is the slope where y is the sigmoid itself. SiLU has z as a factor, and "
            "another slope.",
        ),
        Mistake(
            "first half of the product rule",
            _sigmoid,
            "This treats the sigmoid as a constant factor. It changes with z too: a second term.",
        ),
        Mistake(
            "second half of the product rule",
            lambda z: z * _sigmoid(z) * (1 - _sigmoid(z)),
            "This is z s'(z). The other half of the product rule is missing: 1 * s(z).",
        ),
        Mistake(
            "the function itself",
            lambda z: z * _sigmoid(z),
            "This is SiLU itself. Asked is its slope.",
        ),
        Mistake(
            "z forgotten in the second term",
            lambda z: _sigmoid(z) + _sigmoid(z) * (1 - _sigmoid(z)),
            "In the second term the factor z is missing: s + z s (1 - s).",
        ),
        Mistake(
            "sigmoid with the other sign",
            lambda z: _sigmoid(-z) + z * _sigmoid(-z) * (1 - _sigmoid(-z)),
            "The sigmoid is that of -z here. Look at the sign in its exponent.",
        ),
        Mistake(
            "minus between the terms",
            lambda z: _sigmoid(z) - z * _sigmoid(z) * (1 - _sigmoid(z)),
            "The two terms of the product rule are added; here the second is taken off.",
        ),
        Mistake(
            "sigmoid forgotten in the second term",
            lambda z: _sigmoid(z) + z * (1 - _sigmoid(z)),
            "The slope of the sigmoid has two factors, s and 1 - s. In the second term one is "
            "missing.",
        ),
    ),
)
