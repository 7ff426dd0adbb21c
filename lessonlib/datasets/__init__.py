"""Data sets: embedded files that need no internet, generators, and MNIST on request.

`load("digits", split="train")` returns images of real handwriting, `load("breast_cancer")` and
`load("wine")` tables in their own units; `prose()` is a text, `photograph()` a picture; generators
take a `np.random.Generator` and return fresh arrays.
"""

from lessonlib.datasets.files import NAMES, data_folder, load
from lessonlib.datasets.images import PHOTOGRAPHS, photograph, shift
from lessonlib.datasets.language import BANK_WORDS, bank, prose
from lessonlib.datasets.points import moons, separable, xor
from lessonlib.datasets.shapes import SHAPES, triangles
from lessonlib.datasets.tables import class_names, feature_names, irregular_table

__all__ = [
    "BANK_WORDS",
    "NAMES",
    "PHOTOGRAPHS",
    "SHAPES",
    "bank",
    "class_names",
    "data_folder",
    "feature_names",
    "irregular_table",
    "load",
    "moons",
    "photograph",
    "prose",
    "separable",
    "shift",
    "triangles",
    "xor",
]
