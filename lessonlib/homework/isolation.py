"""Where Python looks for modules while students' files are near: never where a file may be put.

Python puts the current folder, and with PYTHONPATH others, before its own library. A `base64.py`
among the submissions would then run with the instructor's rights, here or in a process started from
here.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

# lessonlib itself, a checkout or an installation
HOME = str(Path(__file__).resolve().parents[2])


def trusted(places: list[str], folder: str) -> list[str]:
    """The places where modules may come from: none is relative, none is the current folder.

    lessonlib's own folder is kept even then, behind all others; before them only where they hold
    another lessonlib.

    >>> trusted(["lib", "/usr/lib", "/class"], "/class")
    ['/usr/lib']
    """
    here = os.path.realpath(folder)
    kept = [p for p in places if os.path.isabs(p) and os.path.realpath(p) not in (here, HOME)]
    if HOME not in map(os.path.realpath, places):
        return kept
    another = PathFinder.find_spec("lessonlib", kept)
    return [*kept, HOME] if another is None or HOME in _places(another) else [HOME, *kept]


def _places(spec: ModuleSpec) -> set[str]:
    return {os.path.dirname(os.path.realpath(p)) for p in spec.submodule_search_locations or ()}


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Import from trusted places alone, in this process and in those that it starts.

    They start in the root folder, where neither templates nor settings of a student can be found.
    """
    folder, path, environment = os.getcwd(), sys.path[:], dict(os.environ)
    sys.path[:] = trusted(path, folder)
    os.environ["PYTHONSAFEPATH"] = "1"  # what is started does not look in its current folder
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(trusted(places, folder))
    os.environ.pop("PYTHONSTARTUP", None)
    os.chdir("/")
    try:
        yield
    finally:
        os.chdir(folder)
        sys.path[:] = path
        for name in ("PYTHONSAFEPATH", "PYTHONPATH", "PYTHONSTARTUP"):
            os.environ.pop(name, None)
            if name in environment:
                os.environ[name] = environment[name]
