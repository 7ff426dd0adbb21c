"""The embedded prose and photographs, and the sentences with "bank"."""

import make_data
import numpy as np
import pytest

from lessonlib import datasets
from lessonlib.datasets import BANK_WORDS
from lessonlib.datasets.language import MONEY, PAD, RIVER, VALIDATION_PAGES


def windows(text, length=60):
    line = " ".join(text.split())
    return {line[start : start + length] for start in range(len(line) - length + 1)}


def test_no_text_of_the_validation_pages_is_in_the_training_pages():
    assert not windows(datasets.prose("validation")) & windows(datasets.prose("train"))


def test_the_last_tenth_of_the_text_would_hold_copies():
    text = datasets.prose()
    first, last = text[: len(text) * 9 // 10], text[len(text) * 9 // 10 :]
    assert len(windows(last) & windows(first)) > 0.1 * len(windows(last))


def test_the_validation_pages_are_those_that_are_drawn():
    assert make_data.validation_pages(datasets.prose_pages()) == list(VALIDATION_PAGES)


def test_the_prose_is_whole_and_its_parts_are_whole_pages():
    text = datasets.prose()
    assert len(text) == 465_048
    assert len(datasets.prose("train")) == 418_321
    assert len(datasets.prose("validation")) == 46_726
    assert sorted(datasets.prose_pages()) == list(datasets.prose_pages())
    assert "\n".join(datasets.prose_pages().values()) == text
    assert not {"\r", "\f"} & set(text)


def test_unknown_parts_and_pictures_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="'test', wanted one of all, train, validation"):
        datasets.prose("test")
    with pytest.raises(ValueError, match="'cat', wanted one of temple, flower"):
        datasets.photograph("cat")


@pytest.mark.parametrize("name", datasets.PHOTOGRAPHS)
def test_photographs_use_the_whole_range_of_greys(name):
    picture = datasets.photograph(name)
    assert picture.shape == (213, 320, 3)
    assert picture.dtype == np.uint8
    assert picture.max() - picture.min() > 200


@pytest.mark.parametrize("where", ["before", "after", "mixed"])
def test_one_word_tells_the_sense_and_stands_where_it_should(where):
    words, place, sense, before = datasets.bank(np.random.default_rng(0), 400, where)
    assert BANK_WORDS[0] == PAD
    assert abs(sense.mean() - 0.5) < 0.1
    assert {"before": 1, "after": 0}.get(where, before.mean()) == before.mean()
    assert where != "mixed" or 0.4 < before.mean() < 0.6
    for row, p, s, b in zip(words, place, sense, before, strict=True):
        sentence = [BANK_WORDS[i] for i in row]
        assert sentence[p] == "bank"
        assert sentence.count("bank") == 1
        (telling,) = (i for i, w in enumerate(sentence) if w in MONEY + RIVER)
        assert (sentence[telling] in RIVER) == s
        assert (telling < p) == b
        assert 2 <= abs(telling - p) <= 7


def test_the_same_seed_gives_the_same_sentences():
    first, second = (datasets.bank(np.random.default_rng(3), 5) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("options", [{"where": "behind"}, {"distance": (0, 3)}])
def test_bank_refuses_by_name(options):
    with pytest.raises(ValueError, match="bank: "):
        datasets.bank(np.random.default_rng(0), 2, **options)
