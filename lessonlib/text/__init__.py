"""Text as numbers: a vocabulary, tables that count, tokens of byte pairs."""

from importlib import import_module
from typing import Any

from lessonlib.text.bpe import BytePairEncoding
from lessonlib.text.ngram import NGram
from lessonlib.text.vocabulary import Vocabulary

# Names that a learner's copy of a lesson may import from here; their home is above this package.
_MODELS = ("GPT", "trained_gpt")

__all__ = ["BytePairEncoding", "NGram", "Vocabulary", *_MODELS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _MODELS:
        return getattr(import_module("lessonlib.models"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
