"""Text as numbers: a vocabulary, tables that count, tokens of byte pairs, a small GPT."""

from lessonlib.text.bpe import BytePairEncoding
from lessonlib.text.gpt import GPT, trained_gpt
from lessonlib.text.ngram import NGram
from lessonlib.text.vocabulary import Vocabulary

__all__ = ["GPT", "BytePairEncoding", "NGram", "Vocabulary", "trained_gpt"]
