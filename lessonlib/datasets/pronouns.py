"""Sentences in which every word belongs to another one, and "he" and "she" stand for a noun."""

import numpy as np

# fmt: off
MEN, WOMEN = ("king", "uncle", "boy", "monk"), ("queen", "aunt", "girl", "nun")
THINGS = ("boat", "horse", "book", "song")
ADJECTIVES = ("old", "young", "tired", "famous")
VERBS = ("sees", "greets", "helps", "calls", "buys", "paints", "sells", "loves")
# fmt: on
ARTICLES, LINKS, PRONOUNS = ("the", "a"), ("and", "but"), ("he", "she")
NOUNS = MEN + WOMEN + THINGS
SENTENCE_WORDS = ("", *ARTICLES, *ADJECTIVES, *NOUNS, *VERBS, *LINKS, *PRONOUNS)  # id 0: padding
SENTENCE_LENGTH = 13


def belongs_to(words: list[str]) -> list[int]:
    """For every word the place of the word it belongs to.

    article, adjective : the next noun;  verb : the last noun or pronoun before it;
    "he", "she" : the last man or woman before it;  any other : itself, as where there is none

    >>> belongs_to("the old king sees a nun and he sells the boat".split())
    [2, 2, 2, 2, 5, 5, 6, 2, 7, 10, 10]
    """
    places = []
    for k, word in enumerate(words):
        before, after = range(k - 1, -1, -1), range(k + 1, len(words))
        if word in ARTICLES + ADJECTIVES:
            found = [j for j in after if words[j] in NOUNS]
        elif word in VERBS:
            found = [j for j in before if words[j] in NOUNS + PRONOUNS]
        elif word in PRONOUNS:
            found = [j for j in before if words[j] in (MEN if word == "he" else WOMEN)]
        else:
            found = []
        places.append(found[0] if found else k)
    return places


def pronoun_sentences(
    n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw sentences such as "the old king sees a nun and he sells the boat".

    n : number of sentences; in one of four the second half is missing
    Returns words (n, 13) ids into SENTENCE_WORDS, short sentences end in id 0; before (n, 13) the
            id of the word before each (0 at the beginning); belongs (n, 13) the id of the word that
            each belongs to, by `belongs_to`
    Raises ValueError for n < 1. Taught in notebooks/09_attention

    >>> words, before, belongs = pronoun_sentences(1, np.random.default_rng(0))
    >>> " ".join(SENTENCE_WORDS[k] for k in words[0] if k)
    'the young queen sees a monk but she paints a horse'
    """
    if n < 1:
        raise ValueError(f"pronoun_sentences: n={n}, wanted 1 or more")
    ids = {word: k for k, word in enumerate(SENTENCE_WORDS)}
    words, before, belongs = np.zeros((3, n, SENTENCE_LENGTH), np.int64)
    for row in range(n):
        sentence = _sentence(rng)
        numbers = [ids[word] for word in sentence]
        words[row, : len(numbers)] = numbers
        before[row, 1 : len(numbers)] = numbers[:-1]
        belongs[row, : len(numbers)] = [numbers[k] for k in belongs_to(sentence)]
    return words, before, belongs


def _sentence(rng: np.random.Generator) -> list[str]:
    def noun_phrase(nouns: tuple[str, ...]) -> list[str]:
        adjective = [str(rng.choice(ADJECTIVES))] if rng.random() < 0.4 else []
        return [str(rng.choice(ARTICLES)), *adjective, str(rng.choice(nouns))]

    both = [MEN, WOMEN] if rng.random() < 0.5 else [WOMEN, MEN]
    words = [*noun_phrase(both[0]), str(rng.choice(VERBS)), *noun_phrase(both[1])]
    if rng.random() < 0.25:
        return words
    link = [str(rng.choice(group)) for group in (LINKS, PRONOUNS, VERBS)]
    return [*words, *link, *noun_phrase(THINGS)]
