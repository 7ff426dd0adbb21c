"""Results that take longer than a lesson may: made once by `make models`, kept in data/models/.

Each is a small .npz; data/models/index.json says by which command, seeds and CPU-seconds it was
made, and its sha256.
"""

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from lessonlib.datasets import data_folder


@dataclass(frozen=True)
class Trained:
    """A stored result: its arrays, and how it was made."""

    name: str
    arrays: dict[str, np.ndarray]
    command: str
    seeds: tuple[int, ...]
    cpu_seconds: float

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


def trained(name: str) -> Trained:
    """Load a stored result by name and check that the file is the one the index describes.

    Raises KeyError naming what there is, ValueError where file and index do not fit.
    Taught in notebooks/00_start_here
    """
    folder = data_folder() / "models"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    if name not in index:
        raise KeyError(f"trained: no result {name!r}; there are {', '.join(sorted(index))}")
    entry, file = index[name], folder / f"{name}.npz"
    if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
        raise ValueError(f"trained: {file.name} is not the file of the index; run `make models`")
    with np.load(file, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    return Trained(
        name, arrays, entry["command"], tuple(entry["seeds"]), float(entry["cpu_seconds"])
    )
