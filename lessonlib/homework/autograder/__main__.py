"""What the platforms start: `python -I -m lessonlib.homework.autograder gradescope homework.json`.

`gradescope` reads submission/ and writes results/results.json in the current folder; `classroom`
reads the current folder and writes what the workflow's reporter takes; `test` grades the reference.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lessonlib.files import write
from lessonlib.homework.autograder import classroom, gradescope
from lessonlib.homework.autograder.once import OPEN, Single, grade_folder
from lessonlib.homework.isolation import isolated
from lessonlib.homework.model import Homework, HomeworkError
from lessonlib.homework.release import solved


def main(arguments: Sequence[str]) -> int:
    """Grade in the current folder. Returns 0, or 1 with a sentence where grading cannot be done."""
    platform, file = arguments
    here, source = Path.cwd(), Path(file).absolute()
    try:
        homework = Homework.from_json(source.read_text(encoding="utf-8"))
        with isolated():
            return _PLATFORMS[platform](homework, here)
    except (HomeworkError, OSError) as error:
        print(f"lessonlib: {error}", file=sys.stderr)  # noqa: T201 (the platform's log)
        return 1


def _say(single: Single) -> None:
    """Say in the log what an instructor has to know."""
    homework = single.homework
    total = sum(homework.points.values())
    print(f"{homework.name}: {single.points():g} of {total:g} points")  # noqa: T201
    if not single.closed:
        print(OPEN)  # noqa: T201


def _gradescope(homework: Homework, here: Path) -> int:
    single = grade_folder(homework, here / "submission")
    made = json.dumps(gradescope.results(single), indent=1, ensure_ascii=False)
    write(here / "results" / "results.json", made.encode(errors="replace"))
    _say(single)
    return 0


def _classroom(homework: Homework, here: Path) -> int:
    single = grade_folder(homework, here)
    for variable, text in (
        ("GITHUB_OUTPUT", classroom.outputs(single)),
        ("GITHUB_STEP_SUMMARY", classroom.summary(single)),
    ):
        if where := os.environ.get(variable):
            with open(where, "ab") as out:
                out.write(text.encode(errors="replace"))
    _say(single)
    return 0


def _test(homework: Homework, here: Path) -> int:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="homework-test-") as folder:
        write(Path(folder, "reference.ipynb"), json.dumps(solved(homework.notebook())))
        _say(grade_folder(homework, Path(folder)))
    return 0


_PLATFORMS = {"gradescope": _gradescope, "classroom": _classroom, "test": _test}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
