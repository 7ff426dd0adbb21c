"""pytest plugin: which tests run, and which of them keep together on one of two workers.

`--quick 07` keeps one lesson: its notebook, its exercises, its tests without a browser, and the
structure of the whole. With workers (`-n 2 --dist loadscope`), the tests of one file stay together;
all tests that open JupyterLab in a browser share one server, all tests of the site one build. The
longest groups begin first. Tests marked `exhaustive` run where LESSONLIB_EXHAUSTIVE is set, as in
CI: whole classes of hostile submissions, and what repeats a quicker test at full size. Tests marked
`timing` measure time and need a quiet machine: they run when the workers have ended
(`python3 start.py test` calls pytest twice).
"""

import os
from pathlib import Path

import pytest

from lessonlib.lessons.registry import lessons

ROOT = Path(__file__).parents[2]
KEPT_ANYWAY = tuple(
    f"tests/house/test_{name}.py"
    for name in ("glossary", "lint", "marks", "second_edition", "structure")
)
SPLIT = ("tests/checker/test_mutants.py", "tests/checker/test_rates.py")  # minutes in one file
LONGEST = ("browser", "tests/homework/", "site", "notebooks/", "tests/house/", "tests/lessons/")


def pytest_addoption(parser):
    parser.addoption(
        "--quick", metavar="LESSON", help="only this lesson: notebook, exercises, tests, structure"
    )
    parser.addoption(
        "--timing", choices=("with", "without", "only"), default="with", help="tests of time"
    )


def pytest_configure(config):
    chosen = config.getoption("--quick")
    if chosen is not None and chosen not in lessons():
        raise pytest.UsageError(f"no lesson {chosen!r}; the lessons are {', '.join(lessons())}")


def pytest_ignore_collect(collection_path, config):
    """What is not asked for is not even opened: that would cost most of the time."""
    chosen = config.getoption("--quick")
    if collection_path.is_dir():
        return None
    if config.getoption("--timing") == "only" and not _measures_time(collection_path):
        return True
    return True if chosen and not _concerns(_place(collection_path), chosen) else None


def _measures_time(path):
    return path.suffix == ".py" and "pytest.mark.timing" in path.read_text(encoding="utf-8")


def _place(path):
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def _concerns(place, lesson):
    """Whether a file is about a lesson, or about all of them."""
    if place.startswith("notebooks/"):
        return place.startswith(f"notebooks/{lesson}_")
    if place.startswith("tests/lessons/"):
        return place.startswith(f"tests/lessons/l{lesson}/") and "_in_browser" not in place
    return place in KEPT_ANYWAY or place == "tests/checker/test_exercises.py"


def _lesson_of(item):
    """The lesson that a parametrised test is about, as far as its parameters say."""
    callspec = getattr(item, "callspec", None)
    for value in callspec.params.values() if callspec else ():
        text = value if isinstance(value, str) else getattr(value, "id", "")
        number = getattr(value, "stem", str(text)).split(".")[0].split("_")[0]
        if number in lessons():
            return number
    return None


def pytest_xdist_make_scheduler(config, log):
    """Share out by our groups. (xdist's own `loadgroup` does nothing with pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    return ByGroup(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(config, items):
    chosen = config.getoption("--quick")
    if chosen is not None:
        dropped = [item for item in items if _lesson_of(item) not in (None, chosen)]
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
    if not os.environ.get("LESSONLIB_EXHAUSTIVE"):
        dropped = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
    if (timing := config.getoption("--timing")) != "with":
        wanted = timing == "only"
        dropped = [i for i in items if bool(i.get_closest_marker("timing")) != wanted]
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]
    if hasattr(config, "workerinput"):  # a worker of xdist
        items.sort(key=lambda item: _rank(group_of(item.nodeid)))


def group_of(nodeid):
    """The name of the group that stays together: a file, one parameter of it, browser, site."""
    place, _, test = nodeid.partition("::")
    if place in SPLIT and "[" in test:
        return place + test[test.index("[") :]
    if place.startswith("tests/site/"):
        return "site"
    return "browser" if "_in_browser" in place else place


def _rank(group):
    for rank, start in enumerate(LONGEST):
        if group.startswith(start):
            return rank, group
    return len(LONGEST), group
