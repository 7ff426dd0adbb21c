"""Byte-pair encoding: the same merges as a slow recount, and every text comes back."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib import datasets
from lessonlib.text import BytePairEncoding
from lessonlib.text.bpe import CHUNK, join


@pytest.fixture(scope="module")
def code():
    return BytePairEncoding.train(datasets.prose("train")[:60_000], 200)


def slow_merges(text, count):
    """Count all pairs again after every merge."""
    words = {tuple(c.encode()): n for c, n in Counter(CHUNK.findall(text)).items()}
    merges = []
    for k in range(count):
        pairs = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = {tuple(join(word, best, 256 + k)): n for word, n in words.items()}
    return merges


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "aaaa aaa aaaaaaa",
        "the then they them bathe",
        "mississippi miss is sips",
        "é ü é üü",
    ],
)
def test_merges_are_those_of_a_full_recount(text):
    assert BytePairEncoding.train(text, 12).merges == slow_merges(text, 12)


def test_merges_of_prose_are_those_of_a_full_recount():
    text = datasets.prose()[:20_000]
    assert BytePairEncoding.train(text, 60).merges == slow_merges(text, 60)


@given(st.text())
def test_every_text_comes_back(text):
    code = BytePairEncoding([(116, 104), (32, 256), (257, 101), (195, 169), (32, 32), (260, 260)])
    assert code.decode(code.encode(text)) == text


@pytest.mark.parametrize(
    "text", ["naïve 数 🙂", "\x00\ufeff\r\n\t", "_" * 70, " \n \n", "ﬃ 🏳️‍🌈", "٣ Ⅷ"]
)
def test_odd_texts_come_back(code, text):
    assert code.decode(code.encode(text)) == text


def test_the_whole_prose_comes_back_in_fewer_tokens(code):
    prose = datasets.prose()
    ids = code.encode(prose)
    assert code.decode(ids) == prose
    assert ids.dtype == np.int64
    assert len(ids) < 0.6 * len(prose)
    assert ids.max() < len(code) == 456


def test_training_text_is_encoded_as_it_was_joined():
    text = "low low low low low lower lower newest newest newest widest"
    code = BytePairEncoding.train(text, 8)
    words = [list(chunk.encode()) for chunk in CHUNK.findall(text)]
    for k, pair in enumerate(code.merges):
        words = [join(word, pair, 256 + k) for word in words]
    assert code.encode(text).tolist() == [i for word in words for i in word]


def test_merges_stop_where_no_pair_is_left_and_stay_inside_chunks():
    code = BytePairEncoding.train("ab ab", 50)
    assert [code.tokens[256 + k] for k in range(len(code.merges))] == [b"ab", b" ab"]
    assert repr(code) == "BytePairEncoding: 256 bytes and 2 merges"


def test_ids_and_merges_that_do_not_exist_are_refused(code):
    with pytest.raises(ValueError, match="id 456, wanted 0"):
        code.decode([3, 456])
    with pytest.raises(ValueError, match="merge 0 joins 256 and 3"):
        BytePairEncoding([(256, 3)])
    with pytest.raises(ValueError, match="merges -1"):
        BytePairEncoding.train("abc", -1)


def test_a_character_cut_in_two_is_shown_as_unknown(code):
    assert code.decode(code.encode("é")[:1]) == "\ufffd"


@given(st.binary())
def test_any_bytes_give_a_text_that_can_be_printed(raw):
    """Also the bytes of half a character, which are no UTF-8 and which print() would refuse."""
    text = BytePairEncoding([]).decode(raw)
    assert text == raw.decode("utf-8", "replace")
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\ud800" not in BytePairEncoding([]).decode(b"\xed\xa0\x80")


def test_half_a_character_is_refused_in_words(code):
    for use in (code.encode, lambda text: BytePairEncoding.train(text, 3)):
        with pytest.raises(ValueError, match=r"'\\ud800' is half a character"):
            use("a \ud800 lone")


@pytest.mark.parametrize("ids", [[1.5], [2.0], ["a"], [None], np.array([1.0])])
def test_ids_that_are_no_integers_are_refused(code, ids):
    with pytest.raises(TypeError, match=r"id .* of type \w+, wanted an integer"):
        code.decode(ids)
