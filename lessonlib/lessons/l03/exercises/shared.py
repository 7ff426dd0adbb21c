"""What exercises 03.3 and 03.4 share: graphs that are too deep, or have too many paths."""

DEEP = 5000  # above the 1,000 nested calls of Python and the 3,000 of Jupyter
TOO_DEEP = "too many nested calls"  # compared in place of what such an answer returns
TOO_OFTEN = "a walk along every path"  # the same


class EveryPath(BaseException):
    """Raised where a walk goes along every path."""


def asks_allowed(count: int) -> int:
    """How often a walk over `count` values may ask for parents.

    Going through all n values again for each of them takes n^2 questions, one for a parent each.
    """
    return 100 + 8 * count**2
