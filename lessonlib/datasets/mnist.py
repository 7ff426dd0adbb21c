"""MNIST through torchvision's own class: downloaded only on request, checked by its checksums.

Sizes are read from the files, never assumed: a shortened copy works as the full set does.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np

from lessonlib.files import data_folder

_VALIDATION = 6  # one image in six of torchvision's training part is kept for validation


def load_mnist(
    split: str, *, folder: str | os.PathLike[str] | None = None, download: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Load MNIST as (N, 28, 28) float32 in [0, 1] and labels int64.

    folder   : the folder that holds MNIST/raw; data/downloads if None
    download : fetch the files if they are missing (11.6 MB, progress shown, checksums verified)
    Raises FileNotFoundError in one line when the files are missing, ConnectionError when the
    download fails, RuntimeError when a file is damaged.
    Source: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits.
    """
    root = Path(folder) if folder is not None else data_folder() / "downloads"
    images, labels = _read(root, train=split != "test", download=download)
    pixels = images.astype(np.float32) / np.float32(255)
    if split != "test":
        kept = np.arange(len(labels)) % _VALIDATION == 0
        chosen = kept if split == "validation" else ~kept
        pixels, labels = pixels[chosen], labels[chosen]
    return pixels, labels.astype(np.int64)


def _read(root: Path, *, train: bool, download: bool) -> tuple[np.ndarray, np.ndarray]:
    from torchvision.datasets import MNIST  # torchvision costs seconds: only here

    try:
        found: Any = MNIST(root=str(root), train=train, download=download)
    except RuntimeError as error:
        if download:
            raise _download_failed(error) from None
        if "not found" not in str(error):
            raise _damaged(root, error) from None
        raise FileNotFoundError(
            f"load: no MNIST files under {root}. load('mnist', download=True) fetches 11.6 MB; "
            "load('digits') needs no internet."
        ) from None
    except OSError as error:
        raise _download_failed(error) from None
    except ValueError as error:
        raise _damaged(root, error) from None
    return found.data.numpy(), found.targets.numpy()


def _damaged(root: Path, error: Exception) -> RuntimeError:
    return RuntimeError(f"load: the MNIST files under {root} are damaged ({error})")


def _download_failed(error: Exception) -> ConnectionError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ConnectionError(
        f"load: MNIST could not be downloaded ({reason}). load('digits') needs no internet."
    )
