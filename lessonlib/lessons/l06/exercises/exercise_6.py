"""Exercise 06.6: the backward pass of a convolution, for the image and the kernel."""

import numpy as np

from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


def convolve_backward(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of the sliding sum: every place adds to what it used."""
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    kh, kw = kernel.shape
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
    return dimage, dkernel


def _cases(rng: np.random.Generator) -> list[tuple]:
    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
    cases = [
        (np.array([[1.0, 10.0]]), image, kernel),
        Case("where the kernel is as large as the image", np.array([[2.0]]), image, image - 3),
    ]
    for (h, w), (kh, kw) in (((4, 5), (2, 3)), ((5, 4), (3, 3)), ((4, 6), (3, 1))):
        dy = rng.normal(size=(h - kh + 1, w - kw + 1))
        cases.append((dy, rng.normal(size=(h, w)), rng.normal(size=(kh, kw))))
    return cases


# ---- what every right answer has -----------------------------------------------------------------


def _fit(both: tuple, dy: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> bool:
    return np.shape(both[0]) == image.shape and np.shape(both[1]) == kernel.shape


def _sees_other_values(dy: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> tuple:
    return dy, image, kernel + 1.0


def _sees_another_image(dy: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> tuple:
    return dy, image + 1.0, kernel


def _grows_with_dy(both: tuple, other: tuple, *_: np.ndarray) -> bool:
    return all(
        np.allclose(np.multiply(2, a), b, atol=1e-4) for a, b in zip(both, other, strict=True)
    )


def _hands_on_all(both: tuple, dy: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> bool:
    if not _fit(both, dy, image, kernel):
        return True
    total = float(dy.sum() * kernel.sum())
    return abs(float(np.sum(both[0])) - total) < 1e-3 * max(1.0, abs(total))


def _one_place(dy: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> tuple:
    alone = np.zeros_like(dy)
    alone[0, -1] = 1.0
    return alone, image, kernel


def _uses_the_patch(
    both: tuple, alone: tuple, dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> bool:
    if not _fit(both, dy, image, kernel):
        return True
    return np.allclose(alone[1], image[: len(kernel), -kernel.shape[1] :], atol=1e-4)


def _lays_the_kernel(
    both: tuple, alone: tuple, dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> bool:
    if not _fit(both, dy, image, kernel):
        return True
    laid = np.asarray(alone[0])[: len(kernel), -kernel.shape[1] :]
    return np.allclose(laid, kernel, atol=1e-4)


# ---- what people write instead -------------------------------------------------------------------


def _pixels_overwritten(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dimage, dkernel = convolve_backward(dy, image, kernel)
    for i, j in np.ndindex(dy.shape):
        dimage[i : i + kernel.shape[0], j : j + kernel.shape[1]] = dy[i, j] * kernel
    return dimage, dkernel


def _last_place(
    dy: np.ndarray, image: np.ndarray, kernel: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dimage, _ = convolve_backward(dy, image, kernel)
    return dimage, dy[-1, -1] * image[-kernel.shape[0] :, -kernel.shape[1] :]


EXERCISE = Exercise(
    id="06.6",
    title="Backward through a shared weight",
    points=3,
    stars=3,
    minutes=18,
    reference=convolve_backward,
    cases=_cases,
    forbidden=("lessonlib.functional.conv2d_backward", "torch.nn.functional.conv2d"),
    values=(("dimage", "dkernel"),),
    parts={
        "dimage": "dimage",
        "dkernel": "dkernel",
        "image[i:i+kh, j:j+kw]": "the patch",
        "dimage[i:i+kh, j:j+kw]": "the patch of dimage",
        "dy[i, j]": "the gradient of the place",
        "dy[i, j] * image[i:i+kh, j:j+kw]": "what a place adds to dkernel",
        "dy[i, j] * kernel": "what a place adds to dimage",
        "kh": "the height of the kernel",
        "kw": "the width of the kernel",
        "i": "the row of the place",
        "j": "the column of the place",
        "i + kh": "the end of the patch's rows",
        "j + kw": "the end of the patch's columns",
        "dy.shape[0]": "the height of dy",
        "dy.shape[1]": "the width of dy",
        "image.shape": "the shape of the image",
        "kernel.shape": "the shape of the kernel",
    },
    properties=(
        Property(
            "shapes of gradients",
            _fit,
            "A gradient has the shape of what it belongs to: dimage comes first and has that of "
            "`image`, dkernel has that of `kernel`.",
        ),
        Property(
            "dimage looks at the kernel",
            lambda both, other, *given: (
                not _fit(both, *given) or np.allclose(both[0], other[0], atol=1e-4)
            ),
            "dimage changes with the pixels of `image`. In a product the gradient of one factor is "
            "made of the other: dimage of the kernel, dkernel of the image.",
            also=_sees_another_image,
        ),
        Property(
            "dkernel looks at the image",
            lambda both, other, *given: (
                not _fit(both, *given) or np.allclose(both[1], other[1], atol=1e-4)
            ),
            "dkernel changes with the weights of `kernel`. In a product the gradient of one factor "
            "is made of the other: dimage of the kernel, dkernel of the image.",
            also=_sees_other_values,
        ),
        Property(
            "grows with dy",
            _grows_with_dy,
            "Twice the dy has to give gradients twice as large.",
            also=lambda dy, image, kernel: (2 * dy, image, kernel),
        ),
        Property(
            "a place lays the kernel",
            _lays_the_kernel,
            "If only the upper right place of dy is 1 and all others are 0, dimage has to hold the "
            "kernel as it is in its upper right corner; there is something else in yours.",
            also=_one_place,
        ),
        Property(
            "a place lays its patch",
            _uses_the_patch,
            "If only the upper right place of dy is 1 and all others are 0, dkernel has to be the "
            "patch of the image in the upper right corner; yours is not.",
            also=_one_place,
        ),
        Property(
            "nothing is lost",
            _hands_on_all,
            "The shares of the places do not add up: the sum of all of dimage has to be the sum of "
            "dy times the sum of the kernel.",
        ),
    ),
    hints=(
        "Go through the places (i, j) as in the forward pass. Each is one dot product.",
        "For a product of patch and kernel, the kernel gets dy[i, j] * patch, the patch gets "
        "dy[i, j] * kernel.",
        "Both are added: a weight is used at every place, a pixel lies in several patches.",
    ),
    mistakes=(
        Mistake(
            "pixels overwritten",
            _pixels_overwritten,
            "In dimage a later place overwrites what an earlier one left. A pixel lies in "
            "several patches and gets the sum of their gradients: `+=`.",
        ),
        Mistake(
            "last place only",
            _last_place,
            "dkernel holds the last place's share alone. The kernel is used at every place, "
            "and the shares add up: `+=`.",
        ),
        Mistake(
            "mean over the places",
            lambda dy, image, kernel: (
                convolve_backward(dy, image, kernel)[0],
                convolve_backward(dy, image, kernel)[1] / dy.size,
            ),
            "dkernel is the mean over the places. The gradient of a shared weight is the sum.",
        ),
        Mistake(
            "kernel turned around",
            lambda dy, image, kernel: convolve_backward(dy, image, kernel[::-1, ::-1]),
            "dimage is what a kernel turned around would give. Who adds patch by patch takes the "
            "kernel as it is; who slides over dy with a frame turns it around in both directions.",
        ),
        Mistake(
            "upstream forgotten",
            lambda dy, image, kernel: convolve_backward(np.ones_like(dy), image, kernel),
            "dy has no influence on what you return. Each place's share is dy[i, j] times "
            "what it used.",
        ),
        Mistake(
            "in the other order",
            lambda dy, image, kernel: convolve_backward(dy, image, kernel)[::-1],
            "The two gradients come back in the other order: first dimage, then dkernel.",
        ),
    ),
)
