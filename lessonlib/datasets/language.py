"""Text: the embedded prose, and generated sentences with a word of two senses."""

import numpy as np

from lessonlib.files import data_folder

PROSE_PARTS = ("all", "train", "validation")
# fmt: off
VALIDATION_PAGES = (
    "assert", "atom-literals", "attribute-references", "await", "bitwise",
    "bltin-null-object", "booleans", "break", "comparisons", "continue", "exprlists",
    "id-classes", "identifiers", "import", "in", "lambda", "objects", "return", "shifting",
    "slicings", "specialattrs", "typesmodules", "yield",
)
MONEY = ("loan", "cash", "teller", "money", "credit", "savings", "deposit", "coins", "salary",
         "cheque")
RIVER = ("fish", "mud", "reeds", "water", "boat", "heron", "canoe", "otter", "trout", "swim")
FILLERS = ("the", "a", "we", "my", "they", "near", "was", "old", "then", "saw", "very", "and",
           "one", "day", "walked", "to", "talked", "it", "there", "again")
# fmt: on
PAD = "."
BANK_LENGTH = 18
BANK_WORDS = tuple(sorted({PAD, "bank", *MONEY, *RIVER, *FILLERS}))


def prose_pages() -> dict[str, str]:
    """The reference topics of Python 3.11's own documentation: the text of each page by its name.

    Returns 79 pages in the order of their names. Many of them repeat paragraphs of others.
    Source: Python Software Foundation, the module pydoc_data.topics, PSF licence; data/README.md
    Taught in notebooks/07_recurrent_networks

    >>> pages = prose_pages()
    >>> len(pages), pages["assert"][:22]
    (79, 'The "assert" statement')
    """
    text = (data_folder() / "prose.txt").read_bytes().decode("utf-8")
    parts = [page.partition("\n") for page in text.split("\f")[1:]]
    return {name: page for name, _, page in parts}


def prose(part: str = "all") -> str:
    """English about Python: the reference topics of Python 3.11's own documentation, one text.

    part : "all" (465,048 characters), "validation" (23 pages, a tenth of the text, which share no
           60 characters in a row with any other page) or "train" (the other 56 pages)
    Raises ValueError for another part
    Source: Python Software Foundation, the module pydoc_data.topics, PSF licence; data/README.md
    Taught in notebooks/07_recurrent_networks

    >>> prose()[:24], len(prose())
    ('The "assert" statement\\n*', 465048)
    """
    if part not in PROSE_PARTS:
        raise ValueError(f"prose: part {part!r}, wanted one of {', '.join(PROSE_PARTS)}")
    pages = prose_pages()
    return "\n".join(
        text
        for name, text in pages.items()
        if part == "all" or (name in VALIDATION_PAGES) == (part == "validation")
    )


def bank(
    rng: np.random.Generator, n: int, where: str = "mixed", distance: tuple[int, int] = (1, 6)
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sentences in which "bank" means money or river; one other word tells which.

    n        : sentences, half of each sense in the long run
    where    : the telling word is "before" the bank, "after" it, or "mixed" (either)
    distance : fewest and most filler words between the telling word and "bank"
    Returns words (n, 18) ids into BANK_WORDS, shorter sentences end in PAD (id 0);
            place (n,) of "bank"; sense (n,) 0 money, 1 river; before (n,) bool
    Raises ValueError for an unknown `where` or a distance outside 1 .. 8
    Taught in notebooks/07_recurrent_networks, 08_lstm_gru, 10b_inside_a_transformer

    >>> words, place, sense, before = bank(np.random.default_rng(0), 2, "before")
    >>> words.shape, [BANK_WORDS[words[i, place[i]]] for i in range(2)]
    ((2, 18), ['bank', 'bank'])
    """
    if where not in ("before", "after", "mixed"):
        raise ValueError(f"bank: where {where!r}, wanted 'before', 'after' or 'mixed'")
    if not 1 <= distance[0] <= distance[1] <= 8:
        raise ValueError(f"bank: distance {distance}, wanted two numbers from 1 to 8 in order")
    ids = {word: i for i, word in enumerate(BANK_WORDS)}
    words = np.full((n, BANK_LENGTH), ids[PAD])
    place, sense = np.zeros(n, np.int64), rng.integers(0, 2, n)
    before = rng.random(n) < 0.5 if where == "mixed" else np.full(n, where == "before")
    for i in range(n):
        telling = (MONEY, RIVER)[sense[i]][rng.integers(len(MONEY))]
        gap = _fillers(rng, *distance)
        if before[i]:
            start = [*_fillers(rng, 0, 4), telling, *gap]
            end = _fillers(rng, 1, 5)
        else:
            start = _fillers(rng, 1, 7)
            end = [*gap, telling, *_fillers(rng, 0, 2)]
        sentence = [*start, "bank", *end][:BANK_LENGTH]
        words[i, : len(sentence)] = [ids[word] for word in sentence]
        place[i] = len(start)
    return words, place, sense, before


def _fillers(rng: np.random.Generator, fewest: int, most: int) -> list[str]:
    return [FILLERS[i] for i in rng.integers(len(FILLERS), size=rng.integers(fewest, most + 1))]
