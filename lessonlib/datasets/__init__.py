"""Data sets: embedded files that need no internet, generators, and MNIST on request.

`load("digits", split="train")` returns images of real handwriting; generators take a
`np.random.Generator` and return fresh (X, y).
"""

from lessonlib.datasets.files import NAMES, data_folder, load
from lessonlib.datasets.images import shift
from lessonlib.datasets.points import moons, separable, xor
from lessonlib.datasets.shapes import SHAPES, triangles

__all__ = [
    "NAMES",
    "SHAPES",
    "data_folder",
    "load",
    "moons",
    "separable",
    "shift",
    "triangles",
    "xor",
]
