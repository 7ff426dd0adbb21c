"""Freed arrays stay in the process, so that a training step does not fetch its memory again."""

import os
import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do otherwise")
def test_freed_arrays_stay_in_the_process():
    """Memory pages fetched by arrays of 2 MB that come and go: those of one, not those of each."""
    program = """
import resource
import sys
import numpy as np
if sys.argv[1:]:
    from lessonlib.training import keep_freed_memory
    keep_freed_memory()
    keep_freed_memory()  # as each fit does
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(2):
    np.ones(2**18), np.ones(2**18)
before = pages()
for _ in range(50):
    pair = np.ones(2**18), np.ones(2**18), np.ones(2**18)
    del pair
print((pages() - before) * resource.getpagesize() / 2**21)
"""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}

    def fetched(*how):
        command = [sys.executable, "-c", program, *how]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        return float(done.stdout)  # in arrays

    if fetched() < 50:
        pytest.skip("this C library keeps the memory without being asked")
    assert fetched("with keep_freed_memory") <= 10
