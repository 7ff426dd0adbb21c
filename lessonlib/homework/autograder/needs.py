"""What grading needs installed, in the versions that are installed here.

A newer version of a package may change a score, or may not work in a closed room: each is pinned,
and so is whatever it needs itself.
"""

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

ALSO = ("cloudpickle", "nbformat", "scikit-learn")  # in addition to what lessonlib itself needs


def needed() -> list[str]:
    """The packages that grading imports.

    >>> needed()[:3]
    ['anywidget', 'cloudpickle', 'ipywidgets']
    """
    return sorted({*_required("neural-sparks"), *ALSO})


def pinned() -> list[str]:
    """These packages and what they need, each with its version.

    >>> any(line.startswith("ipython==") for line in pinned())
    True
    """
    found: dict[str, str] = {}
    waiting = needed()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # of another system
            continue
        waiting += _required(name)
    return sorted(f"{name}=={version}" for name, version in found.items())


def _required(name: str) -> Iterator[str]:
    """What a package needs here, its extras left out."""
    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name.lower()
