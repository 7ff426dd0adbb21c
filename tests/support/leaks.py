"""What a thousand steps leave behind: objects and bytes, once the first steps have warmed up."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple


class Grown(NamedTuple):
    """More objects and more bytes than before."""

    objects: int
    memory: int


def after_a_thousand(play: Callable[[int], None], warm: int, traced: int = 50) -> Grown:
    """Growth over play(1000), after play(warm) untraced and play(traced) traced."""

    def held() -> tuple[int, int]:
        gc.collect()
        return len(gc.get_objects()), tracemalloc.get_traced_memory()[0]

    play(warm)
    gc.collect()
    tracemalloc.start()
    try:
        play(traced)
        before = held()
        play(1000)
        return Grown(*(now - then for now, then in zip(held(), before, strict=True)))
    finally:
        tracemalloc.stop()
