"""Results that take longer than a lesson may: made once by `lessonlib make`, kept in data/models/.

Each is a small .npz; data/models/index.json says with which seeds, in how many CPU-seconds and by
which code it was made, and its sha256.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessonlib.files import data_folder


@dataclass(frozen=True)
class Trained:
    """A stored result: its arrays, and how it was made."""

    name: str
    arrays: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    cpu_seconds: float

    @property
    def command(self) -> str:
        """The command that makes it again."""
        return f"lessonlib make {self.name}"

    def __getitem__(self, key: str) -> np.ndarray:
        if key not in self.arrays:
            raise KeyError(f"{self.name} holds {', '.join(self.arrays)}; there is no {key!r}")
        return self.arrays[key]

    def __repr__(self) -> str:
        n = len(self.seeds)
        return (
            f"{self.name}: made by `{self.command}` in {self.cpu_seconds:.0f} CPU-seconds, "
            f"{n} seed{'s' * (n != 1)}; holds {', '.join(self.arrays)}"
        )


def file_name(name: str) -> str:
    """The file of a result in data/models/.

    >>> file_name("09.dates")
    '09_dates.npz'
    """
    return f"{name.replace('.', '_')}.npz"


def read_index() -> dict[str, dict[str, Any]]:
    """The lines of data/models/index.json by id; empty where there is no such file."""
    file = data_folder() / "models" / "index.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def trained(name: str) -> Trained:
    """Load a stored result by its id and check that the file is the one the index describes.

    Raises KeyError naming what there is, ValueError where file and index do not fit.
    Taught in notebooks/00_start_here

    >>> trained("02.xor").command
    'lessonlib make 02.xor'
    """
    index = read_index()
    if name not in index:
        lesson = [known for known in index if known.split(".")[0] == str(name).split(".")[0]]
        known = ", ".join(sorted(lesson or index))
        raise KeyError(f"trained: no result {name!r}; there are {known}")
    entry, file = index[name], data_folder() / "models" / file_name(name)
    if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
        raise ValueError(
            f"trained: {file.name} is not the file of the index; run `lessonlib make {name}`"
        )
    with np.load(file, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    return Trained(name, arrays, tuple(entry["seeds"]), float(entry["cpu_seconds"]))
