"""Data sets: embedded files that need no internet, generators, and MNIST on request.

`load("digits", split="train")` returns images of real handwriting, `load("breast_cancer")` and
`load("wine")` tables in their own units; `prose()` is a text, `photograph()` a picture; generators
take a `np.random.Generator` and return fresh arrays.
"""

from lessonlib.datasets.dates import DATE_DIGITS, DATE_FORMATS, DATE_LETTERS, date_ids, date_pairs
from lessonlib.datasets.images import PHOTOGRAPHS, photograph, shift
from lessonlib.datasets.language import BANK_WORDS, bank, prose, prose_pages
from lessonlib.datasets.loader import load
from lessonlib.datasets.points import moons, separable, xor
from lessonlib.datasets.pronouns import SENTENCE_WORDS, pronoun_sentences
from lessonlib.datasets.ranks import RANK_WORDS, ranks
from lessonlib.datasets.recall import facts, recall_pairs, repeated_sequences
from lessonlib.datasets.sequences import (
    REBER,
    REBER_LETTERS,
    adding,
    moving_dot,
    reber,
    tunes,
)
from lessonlib.datasets.shapes import SHAPES, triangles
from lessonlib.datasets.splits import NAMES
from lessonlib.datasets.tables import class_names, feature_names, irregular_table
from lessonlib.files import data_folder

__all__ = [
    "BANK_WORDS",
    "DATE_DIGITS",
    "DATE_FORMATS",
    "DATE_LETTERS",
    "NAMES",
    "PHOTOGRAPHS",
    "RANK_WORDS",
    "REBER",
    "REBER_LETTERS",
    "SENTENCE_WORDS",
    "SHAPES",
    "adding",
    "bank",
    "class_names",
    "data_folder",
    "date_ids",
    "date_pairs",
    "facts",
    "feature_names",
    "irregular_table",
    "load",
    "moons",
    "moving_dot",
    "photograph",
    "pronoun_sentences",
    "prose",
    "prose_pages",
    "ranks",
    "reber",
    "recall_pairs",
    "repeated_sequences",
    "separable",
    "shift",
    "triangles",
    "tunes",
    "xor",
]
