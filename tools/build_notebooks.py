"""Execute the lessons and store their outputs: `make notebooks`, or with names, `... 01 03`.

Each lesson runs from top to bottom in a fresh kernel with progress switched off. It is written only
if no cell failed and none wrote to stderr. What differs from run to run or from machine to machine
is taken out: widget state and views (the static picture next to them stays), times, exact versions,
random cell ids. A cell with the tag `hide-input` is folded, in JupyterLab and in the book.

`--check` runs nothing; it says which stored outputs cannot come from such a run.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from grading_metadata import mark_exercises
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lessonlib.files import write
from lessonlib.lessons.registry import lessons

LESSONS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}
CELL_METADATA = {"jupyter", "nbgrader", "tags"}
FOLD_TAG, FOLDED = "hide-input", {"source_hidden": True}  # in the book, and in JupyterLab
CELL_SECONDS = 120


def problems(book: NotebookNode) -> Iterator[str]:
    """What shows that the stored outputs are not those of one clean run in order."""
    count = 0
    for number, cell in enumerate(book.cells):
        if other := sorted(set(cell.metadata) - CELL_METADATA):
            yield f"cell {number} stores metadata of some program: {', '.join(other)}"
        if cell.metadata.get("jupyter", {}) != _fold(cell):
            yield f"cell {number} is folded in JupyterLab or in the book alone: tag it {FOLD_TAG}"
        if cell.cell_type == "code":
            count += 1
            yield from (f"cell {number} {problem}" for problem in _cell_problems(cell, count))
    if dict(book.metadata) != METADATA:
        yield "the notebook's metadata are not those that `make notebooks` writes"


def _fold(cell: NotebookNode) -> dict[str, bool]:
    """The metadata with which JupyterLab shows a cell: folded where it has the tag."""
    folded = cell.cell_type == "code" and FOLD_TAG in cell.metadata.get("tags", [])
    return dict(FOLDED) if folded else {}


def _cell_problems(cell: NotebookNode, count: int) -> Iterator[str]:
    """The same for one code cell, the `count`-th of its notebook."""
    if not cell.source.strip():
        yield "is empty"
    if cell.execution_count != count:
        yield f"was run as number {cell.execution_count}, it is code cell {count}"
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"stores the error {output.ename}"
        if output.get("name") == "stderr":
            yield "stores text of stderr"
        if WIDGET_VIEW in output.get("data", {}):
            yield "stores a widget view, which needs a kernel to be seen"
        if output.get("execution_count", count) != count:
            yield "stores an output of another run"


def tidy(book: NotebookNode, stem: str) -> NotebookNode:
    """Take out what differs between runs and machines."""
    book.metadata = nbformat.from_dict(METADATA)
    book.nbformat, book.nbformat_minor = 4, 5
    seen: set[str] = set()
    for number, cell in enumerate(book.cells):
        cell.id = _stable_id(cell, stem, number, seen)
        for key in set(cell.metadata) - CELL_METADATA:  # times of execution, traces of converters
            del cell.metadata[key]
        cell.metadata.pop("jupyter", None)
        if folded := _fold(cell):
            cell.metadata["jupyter"] = folded
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
        cell.outputs = [out for out in cell.outputs if "data" not in out or out.data]
    return book


def _stable_id(cell: NotebookNode, stem: str, number: int, seen: set[str]) -> str:
    """A chosen id stays; a random one (hexadecimal digits) becomes lesson and position."""
    given = cell.get("id", "")
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    random = not given or re.fullmatch(r"[0-9a-f]{8,}(-[0-9a-f]+)*", given) or given in seen
    chosen = grade_id or (f"{stem.split('_')[0]}-{number:03d}" if random else given)
    while chosen in seen:
        chosen += "-b"
    seen.add(chosen)
    return chosen


def kernel_environment() -> dict[str, str]:
    """The environment of the kernel: nothing recorded, no progress bars, static pictures only.

    One BLAS thread, as learners have: a second that finds no free core takes many times as long.
    """
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    kept.setdefault("OMP_NUM_THREADS", "1")
    return kept | {
        "LESSONLIB_PROGRESS": "off",
        "LESSONLIB_PROGRESS_BAR": "off",
        "LESSONLIB_OUTPUT": "static",
    }


def execute(path: Path) -> NotebookNode:
    """Run one notebook as a learner does: its own folder, a fresh kernel, every cell in order."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    lesson = path.stem.split("_")[0]
    if lesson in lessons():
        mark_exercises(book, lesson)
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        book,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources=resources,
        record_timing=False,
        coalesce_streams=True,  # where a stream is cut into messages depends on the machine's load
    )
    # stderr: the kernel process's own log, not what cells write
    return client.execute(env=kernel_environment(), stderr=subprocess.DEVNULL)


def build(path: Path) -> str:
    """Execute and write one notebook; return "" or why it was left as it is."""
    try:
        book = tidy(execute(path), path.stem)
    except CellExecutionError as error:
        return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    except (CellTimeoutError, DeadKernelError) as error:
        return str(error).strip()
    found = list(problems(book))
    if found:
        return "; ".join(found)
    write(path, nbformat.writes(book) + "\n")
    return ""


def chosen_lessons(names: Sequence[str], folder: Path) -> list[Path]:
    """The notebooks whose number or name is given; all of them for none.

    Raises SystemExit naming the known ones where a name fits none
    """
    every = sorted(folder.glob("[0-9]*.ipynb"))
    if not names:
        return every
    stems = [Path(name).stem for name in names]
    unknown = [s for s in stems if not any(s in (p.stem, p.stem.split("_")[0]) for p in every)]
    if unknown:
        sys.exit(f"no lesson {unknown[0]!r}; the lessons are {', '.join(p.stem for p in every)}")
    return [p for p in every if p.stem in stems or p.stem.split("_")[0] in stems]


def main(arguments: Sequence[str] | None = None, folder: Path = LESSONS) -> int:
    """Build or check the notebooks; return the number of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="numbers or names of lessons; all for none")
    parser.add_argument("--check", action="store_true", help="only look at the stored outputs")
    options = parser.parse_args(arguments)
    failed = 0
    for path in chosen_lessons(options.names, folder):
        begun = time.perf_counter()
        if options.check:
            trouble = "; ".join(problems(nbformat.read(path, as_version=4)))
        else:
            trouble = build(path)
        verdict = trouble or "well"
        print(f"{path.stem}: {verdict} ({time.perf_counter() - begun:.1f} s)", flush=True)
        failed += bool(trouble)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
