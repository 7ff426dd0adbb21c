"""Networks that more than one place uses: lessons, recipes, explorers, benchmarks, tests.

Each is written with the library's own layers, under the names that the lessons give it, so that the
weights of a lesson's own network load into it.
"""

from lessonlib.models.attention_only import AttentionOnly
from lessonlib.models.character_rnn import CharacterRNN, trained_character_rnn
from lessonlib.models.date_reader import AdditiveAttention, DateReader
from lessonlib.models.gpt import GPT, trained_gpt
from lessonlib.models.lenet import lenet
from lessonlib.models.resnet import ResidualBlock, resnet
from lessonlib.models.sequence_reader import SequenceReader
from lessonlib.models.small_cnn import drawing_network, small_cnn
from lessonlib.models.word_reader import WordReader

__all__ = [
    "GPT",
    "AdditiveAttention",
    "AttentionOnly",
    "CharacterRNN",
    "DateReader",
    "ResidualBlock",
    "SequenceReader",
    "WordReader",
    "drawing_network",
    "lenet",
    "resnet",
    "small_cnn",
    "trained_character_rnn",
    "trained_gpt",
]
