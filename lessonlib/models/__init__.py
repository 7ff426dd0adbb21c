"""Networks that more than one place uses: lessons, recipes, explorers, benchmarks, tests.

Each is written with the library's own layers, under the names that the lessons give it.
"""

from lessonlib.models.attention_only import AttentionOnly
from lessonlib.models.date_reader import AdditiveAttention, DateReader
from lessonlib.models.gpt import GPT, trained_gpt
from lessonlib.models.word_reader import WordReader

__all__ = ["GPT", "AdditiveAttention", "AttentionOnly", "DateReader", "WordReader", "trained_gpt"]
