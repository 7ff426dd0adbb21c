"""Dates in five formats, and sentences with pronouns."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib.datasets.dates import SOURCE_LENGTH, write_date
from lessonlib.datasets.pronouns import NOUNS, PRONOUNS, SENTENCE_LENGTH, belongs_to


def read_date(text):
    """A reader written independently of the writer: day, month, year back to ISO."""
    if "/" in text:
        day, month, year = text.split("/")
        return f"{year}-{month}-{day}"
    parts = text.replace(",", "").replace(".", "").split()
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    month = next(p for p in parts if p.isalpha())
    day, year = (p for p in parts if not p.isalpha())
    return f"{year}-{names.index(month[:3]) + 1:02d}-{int(day):02d}"


@given(seed=st.integers(0, 500), formats=st.sets(st.integers(0, 4), min_size=1))
def test_every_date_can_be_read_back(seed, formats):
    sources, targets = datasets.date_pairs(20, np.random.default_rng(seed), sorted(formats))
    assert [read_date(text) for text in sources] == targets
    assert all(len(text) <= SOURCE_LENGTH for text in sources)
    assert all(date(1900, 1, 1) <= date.fromisoformat(t) < date(2048, 1, 1) for t in targets)


def test_the_names_of_the_formats_are_examples_of_them():
    for style, name in enumerate(datasets.DATE_FORMATS):
        assert write_date(date(1994, 3, 7), style) == name
    longest = write_date(date(1994, 9, 30), 1)
    assert len(longest) == SOURCE_LENGTH


def test_all_five_formats_occur_and_one_alone_on_request():
    sources, _ = datasets.date_pairs(500, np.random.default_rng(0))
    assert 60 < sum("/" in text for text in sources) < 140
    sources, _ = datasets.date_pairs(50, np.random.default_rng(0), [3])
    assert all("/" in text for text in sources)


def test_ids_name_every_character_and_pad_with_zero():
    (text,), (target,) = datasets.date_pairs(1, np.random.default_rng(4), [2])
    row = datasets.date_ids([text])[0]
    assert "".join(datasets.DATE_LETTERS[k] for k in row[: len(text)]) == text
    assert np.all(row[: len(text)] > 0)
    assert np.all(row[len(text) :] == 0)
    row = datasets.date_ids([target], datasets.DATE_DIGITS)[0]
    assert "".join(datasets.DATE_DIGITS[k] for k in row) == target


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: datasets.date_pairs(0, r), "n=0"),
        (lambda r: datasets.date_pairs(3, r, []), "0 formats"),
        (lambda r: datasets.date_pairs(3, r, [5]), "style 5"),
        (lambda r: datasets.date_ids(["7 märz 1994"]), "'ä' in '7 märz 1994'"),
        (lambda r: datasets.date_ids(["x" * 19]), "has 19 characters, at most 18"),
        (lambda r: datasets.pronoun_sentences(0, r), "n=0"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))


def test_sentences_have_one_reading():
    words, before, belongs = datasets.pronoun_sentences(300, np.random.default_rng(0))
    assert words.shape == before.shape == belongs.shape == (300, SENTENCE_LENGTH)
    lengths = (words > 0).sum(axis=1)
    assert set(lengths) <= set(range(5, SENTENCE_LENGTH + 1))
    assert 0.15 < np.mean(lengths <= 7) < 0.35
    for row, previous, owner, length in zip(words, before, belongs, lengths, strict=True):
        sentence = [datasets.SENTENCE_WORDS[k] for k in row[:length]]
        assert np.all(row[length:] == 0)
        assert previous[:length].tolist() == [0, *row[: length - 1]]
        for word, k in zip(sentence, owner, strict=False):
            if word in PRONOUNS:
                assert datasets.SENTENCE_WORDS[k] in NOUNS
                assert sum(noun in sentence for noun in NOUNS) == 3


def test_what_belongs_to_nobody_belongs_to_itself():
    assert belongs_to(["she", "sees", "the"]) == [0, 0, 2]
    assert belongs_to(["a", "king", "and", "a", "queen", "and", "he"]) == [1, 1, 2, 4, 4, 5, 1]
