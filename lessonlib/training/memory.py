"""Memory that training frees and needs again a moment later."""

import numpy as np

_BLOCK_BYTES = 24 * 2**20  # glibc's threshold follows a freed block up to 32 MiB


def keep_freed_memory() -> None:
    """Let the C library keep the memory of freed arrays, for the arrays of the next step.

    On Linux, glibc at first returns each array above 128 kB to the system when it is freed, so that
    every training step fetches its memory again, page by page. Once the program has freed a larger
    block, arrays up to that size stay. This frees one that is never filled; elsewhere it does
    nothing. `fit` calls it, a training loop of your own may. Called twice it is as good as once.
    Source: mallopt(3), M_MMAP_THRESHOLD. What it buys is in benchmarks/README.md

    >>> keep_freed_memory()
    """
    np.empty(_BLOCK_BYTES, np.uint8)
