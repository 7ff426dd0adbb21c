"""Ways to change a notebook, and what a simulated submission is."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from lessonlib.homework.cells import grade_id_of

FULL = {"01.1": 2.0, "01.2": 2.0, "01.3": 3.0, "01.4": 3.0, "01.5": 3.0, "01.6": 2.0, "01.7": 5.0}


@dataclass
class Case:
    """A submission and what has to come out.

    `points` lists the exercises that differ from full marks: a number, or "part" for some but not
    all. `says` maps an exercise to a piece of its message; `note` is a piece of a note or reason.
    """

    name: str
    make: Callable[[dict], bytes | dict]
    points: dict = field(default_factory=dict)
    status: str = "graded"
    says: dict = field(default_factory=dict)
    note: str = ""
    leaves: Callable[[], bool] | None = None

    def raw(self, solved):
        """The bytes that are handed in."""
        made = self.make(copy.deepcopy(solved))
        return made if isinstance(made, bytes) else json.dumps(made).encode()


def place(nb, grade_id):
    """The position of a graded cell."""
    marks = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in nb["cells"]]
    return marks.index(grade_id)


def cell_of(nb, task, kind="ex"):
    """A graded cell."""
    return nb["cells"][place(nb, grade_id_of(kind, task))]


def code(source, identity="added"):
    """A new code cell."""
    return {"cell_type": "code", "id": identity, "metadata": {}, "source": source,
            "outputs": [], "execution_count": None}  # fmt: skip


def answer(task, source):
    """A case's `make`: this source in the exercise's cell."""

    def make(nb):
        cell_of(nb, task)["source"] = source
        return nb

    return make


def added(source, before="ex-01-1"):
    """A case's `make`: one more code cell above a graded cell."""

    def make(nb):
        nb["cells"].insert(place(nb, before), code(source))
        return nb

    return make


def bare(nb):
    """The notebook as a tool leaves it that drops every mark."""
    for cell in nb["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {}
    return nb
