"""Make the embedded data files from their sources; data/README.md says what each one is.

python tools/make_data.py     writes data/digits.npz, tables.npz and photographs.npz from
                              scikit-learn's copies, and data/sha256.json; under Python 3.11 also
                              data/prose.txt from Python's own documentation
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_sample_image, load_wine
from sklearn.model_selection import train_test_split

DATA = Path(__file__).resolve().parent.parent / "data"
TABLES = {  # name: loader, size of test, size of validation (0.30 and 0.14, as for the digits)
    "breast_cancer": (load_breast_cancer, 170, 80),
    "wine": (load_wine, 53, 25),
}


def stratified(labels: np.ndarray, test: int, validation: int) -> np.ndarray:
    """The split of every row: 0 train, 1 validation, 2 test, in the proportions of the labels."""
    every = np.arange(len(labels))
    rest, last = train_test_split(every, test_size=test, random_state=0, stratify=labels)
    _, middle = train_test_split(rest, test_size=validation, random_state=0, stratify=labels[rest])
    split = np.zeros(len(labels), np.uint8)
    split[middle], split[last] = 1, 2
    return split


def digits() -> None:
    """The 1,797 UCI digits with the one split of the course: 1,007 / 250 / 540, stratified."""
    source = load_digits()
    np.savez_compressed(
        DATA / "digits.npz",
        images=source.images.astype(np.uint8),
        labels=source.target.astype(np.uint8),
        split=stratified(source.target, test=540, validation=250),
    )


def tables() -> None:
    """The breast-cancer table (319 / 80 / 170) and the wine table (100 / 25 / 53)."""
    arrays = {}
    for name, (loader, test, validation) in TABLES.items():
        source = loader()
        arrays[f"{name}_rows"] = source.data.astype(np.float64)
        arrays[f"{name}_labels"] = source.target.astype(np.uint8)
        arrays[f"{name}_split"] = stratified(source.target, test, validation)
        arrays[f"{name}_features"] = np.array(source.feature_names, dtype=np.str_)
        arrays[f"{name}_classes"] = np.array(source.target_names, dtype=np.str_)
    np.savez_compressed(DATA / "tables.npz", **arrays)


def photographs() -> None:
    """Two photographs, each pixel the mean of 2 x 2 of the source's: (213, 320, 3) uint8."""
    arrays = {}
    for name, file in {"temple": "china.jpg", "flower": "flower.jpg"}.items():
        source = load_sample_image(file)[:426].astype(np.float64)
        means = source.reshape(213, 2, 320, 2, 3).mean((1, 3))
        arrays[name] = np.round(means).astype(np.uint8)
    np.savez_compressed(DATA / "photographs.npz", **arrays)


def prose() -> None:
    """The reference topics of Python 3.11's documentation; other versions have another text."""
    if sys.version_info[:2] != (3, 11):
        print("prose.txt left as it is: its source is Python 3.11's pydoc_data.topics")
        return
    from pydoc_data.topics import topics

    text = "".join(f"\f{name}\n{topics[name]}" for name in sorted(topics))
    (DATA / "prose.txt").write_bytes(text.encode())


def groups_of_pages(pages: dict[str, str], length: int = 60) -> list[list[str]]:
    """Pages in groups: two pages share `length` characters only if they are in the same group."""
    group = {name: [name] for name in pages}
    first_seen: dict[str, str] = {}
    for name, text in pages.items():
        line = " ".join(text.split())
        for start in range(len(line) - length + 1):
            other = first_seen.setdefault(line[start : start + length], name)
            if group[other] is not group[name]:
                group[other].extend(group[name])
                for moved in group[name]:
                    group[moved] = group[other]
    return [sorted(names) for first, names in group.items() if names[0] == first]


def validation_pages(pages: dict[str, str]) -> list[str]:
    """A tenth of the text, drawn among the groups of at most 12,000 characters."""

    def size(names: list[str]) -> int:
        return sum(len(pages[name]) + 1 for name in names)

    groups = sorted(names for names in groups_of_pages(pages) if size(names) <= 12_000)
    drawn: list[str] = []
    for k in np.random.default_rng(0).permutation(len(groups)):
        if size(drawn) < 0.1 * size(list(pages)):
            drawn += groups[k]
    return sorted(drawn)


def checksums() -> None:
    """The sha256 of every embedded file, which the installation check compares."""
    files = sorted([*DATA.glob("*.npz"), *DATA.glob("*.txt")])
    sums = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    (DATA / "sha256.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    digits()
    tables()
    photographs()
    prose()
    checksums()
