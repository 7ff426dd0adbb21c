"""A model on disk: a plain .npz with the keys of its state_dict.

torch users read it with `{k: torch.from_numpy(v) for k, v in np.load(path).items()}`. Nothing in it
is code: pickled objects are neither written nor read, so a file from somebody else runs nothing.
"""

import io
import os
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np

from ..files import write
from ..nn import Module

M = TypeVar("M", bound=Module)


def save(path: str | os.PathLike[str], model: Module) -> Path:
    """Write the parameters and buffers of a model to an .npz file.

    path : must end in .npz; an existing file is replaced only when the new one is complete
    Returns the path
    Raises ValueError for another ending, OSError where the folder cannot be written
    Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn
    >>> save("model.pt", nn.Linear(2, 1))
    Traceback (most recent call last):
    ValueError: save: a model file ends in .npz, got 'model.pt'
    """
    path = _npz(path, "save")
    content = io.BytesIO()
    _write(content, model.state_dict())
    write(path, content.getvalue())
    return path


def load(path: str | os.PathLike[str], model: M) -> M:
    """Read what `save` wrote into a model of the same architecture; return the model.

    Raises FileNotFoundError; ValueError for a file that is no .npz, is damaged, holds objects, or
    whose keys, shapes or kinds of numbers are not the model's. The model is then unchanged
    Taught in notebooks/04_training_dynamics

    >>> from lessonlib import nn
    >>> load("model.pt", nn.Linear(2, 1))
    Traceback (most recent call last):
    ValueError: load: a model file ends in .npz, got 'model.pt'
    """
    path = _npz(path, "load")
    wanted = model.state_dict()
    with open(path, "rb") as file:
        state = _read(file, path, set(wanted))
    for key, array in state.items():
        if not np.can_cast(array.dtype, wanted[key].dtype, "same_kind"):
            raise ValueError(f"{path}: {key} holds {array.dtype}, wanted {wanted[key].dtype}")
    model.load_state_dict(state)
    return model


def _write(file: BinaryIO, state: dict[str, np.ndarray]) -> None:
    """An .npz archive, one .npy a key: np.savez without its reserved key "file"."""
    import zipfile  # here: a tenth of the time that importing NumPy takes

    with zipfile.ZipFile(file, "w") as archive:
        for key, array in state.items():
            # ZipInfo's date is fixed: the same weights give the same bytes
            with archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


def _read(file: BinaryIO, path: Path, wanted: set[str]) -> dict[str, np.ndarray]:
    """The arrays of an .npz archive with just the keys wanted."""
    try:
        archive = np.load(file, allow_pickle=False)
        found = set(archive.files) if isinstance(archive, np.lib.npyio.NpzFile) else None
        if found == wanted:
            return {key: archive[key] for key in wanted}
    except Exception as error:  # damaged bytes make the zip and npy readers fail in a dozen ways
        raise ValueError(
            f"{path} is damaged, or not the .npz of a model (arrays of numbers only): {error}"
        ) from error
    if found is None:
        raise ValueError(f"{path} is a single array, not the .npz of a model")
    missing, unexpected = sorted(wanted - found), sorted(found - wanted)
    raise ValueError(
        f"{path} belongs to another model: missing {missing[:5]}, unexpected {unexpected[:5]}"
    )


def _npz(path: str | os.PathLike[str], name: str) -> Path:
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"{name}: a model file ends in .npz, got {path.name!r}")
    return path
