"""Make the embedded data files from their sources; data/README.md says what each one is.

python tools/make_data.py     writes data/digits.npz from scikit-learn's copy, and data/sha256.json
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

DATA = Path(__file__).resolve().parent.parent / "data"


def digits() -> None:
    """The 1,797 UCI digits with the one split of the course: 1,007 / 250 / 540, stratified."""
    source = load_digits()
    every = np.arange(len(source.target))
    rest, test = train_test_split(every, test_size=540, random_state=0, stratify=source.target)
    _, validation = train_test_split(
        rest, test_size=250, random_state=0, stratify=source.target[rest]
    )
    split = np.zeros(len(every), np.uint8)
    split[validation], split[test] = 1, 2
    np.savez_compressed(
        DATA / "digits.npz",
        images=source.images.astype(np.uint8),
        labels=source.target.astype(np.uint8),
        split=split,
    )


def checksums() -> None:
    """The sha256 of every embedded file, which the installation check compares."""
    files = sorted(DATA.glob("*.npz"))
    sums = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    (DATA / "sha256.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    digits()
    checksums()
