"""Text as numbers: a vocabulary of characters or words, and tables that count what follows what."""

from lessonlib.text.ngram import NGram
from lessonlib.text.vocabulary import Vocabulary

__all__ = ["NGram", "Vocabulary"]
