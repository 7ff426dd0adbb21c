"""Exercise 06.6: the backward pass of a convolution, for the image and the kernel."""

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake


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
    small = (np.array([[1.0, 10.0]]), image, np.array([[1.0, 2.0], [3.0, 4.0]]))
    cases = [small]
    for (h, w), (kh, kw) in (((4, 5), (2, 3)), ((5, 4), (3, 3))):
        dy = rng.normal(size=(h - kh + 1, w - kw + 1))
        cases.append((dy, rng.normal(size=(h, w)), rng.normal(size=(kh, kw))))
    return cases


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
            "The kernel is turned around before it is added into dimage. In this form, patch by "
            "patch, it goes in as it is.",
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
