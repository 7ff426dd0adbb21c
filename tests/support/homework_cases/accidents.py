"""Honest accidents: what tools, merges and hurried hands do to a notebook."""

import copy
import json

from homework_cases.edit import FULL, Case, answer, bare, cell_of, code, place
from lessonlib.homework.cells import with_body

NONE = dict.fromkeys(FULL, 0)


def _stub(nb, task):
    cell = copy.deepcopy(cell_of(nb, task))
    cell["source"] = with_body(cell["source"], "raise NotImplementedError")[0]
    return cell


def _drop(*ids):
    def make(nb):
        for grade_id in ids:
            del nb["cells"][place(nb, grade_id)]
        return nb

    return make


def _twice(nb):
    at = place(nb, "ex-01-2")
    nb["cells"].insert(at + 1, copy.deepcopy(nb["cells"][at]))
    return nb


def _stub_after(nb):
    at = place(nb, "ex-01-2")
    nb["cells"].insert(at + 1, _stub(nb, "01.2"))
    return nb


def _answer_elsewhere(nb):
    at = place(nb, "ex-01-2")
    worked = code(nb["cells"][at]["source"], "mine")
    nb["cells"][at] = _stub(nb, "01.2")
    nb["cells"].insert(at + 1, worked)
    return nb


def _everything_twice(nb):
    nb["cells"] += copy.deepcopy(nb["cells"])
    return nb


def _checks_first(nb):
    checks = [c for c in nb["cells"] if c["id"].startswith("check")]
    rest = [c for c in nb["cells"] if not c["id"].startswith("check")]
    nb["cells"] = [*rest[:2], *checks, *rest[2:]]
    return nb


def _backwards(nb):
    nb["cells"] = nb["cells"][::-1]
    return nb


def _type(kind):
    def make(nb):
        cell = cell_of(nb, "01.3")
        cell["cell_type"] = kind
        cell.pop("outputs")
        cell.pop("execution_count")
        return nb

    return make


def _merge_in_file(nb):
    text = json.dumps(nb, indent=1)
    line = next(s for s in text.splitlines() if '"nbformat_minor"' in s)
    both = f"<<<<<<< HEAD\n{line}\n=======\n{line.replace('5', '4')}\n>>>>>>> main"
    return text.replace(line, both).encode()


def _merge_in_code(nb):
    cell = cell_of(nb, "01.1")
    cell["source"] = f"<<<<<<< HEAD\n{cell['source']}\n=======\ndef neuron(X):\n>>>>>>> main"
    return nb


def _rewritten(nb):
    sources = [cell_of(nb, task)["source"] for task in FULL]
    head = "import numpy as np\nfrom lessonlib import check"
    return {"cells": [code(s) for s in (head, *sources)], "metadata": {}, "nbformat": 4,
            "nbformat_minor": 5}  # fmt: skip


def _colab(nb):
    bare(nb)
    for k, cell in enumerate(nb["cells"]):
        cell["metadata"] = {"id": f"x{k}", "colab": {"base_uri": "https://example.org"}}
    nb["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    return nb | {"nbformat_minor": 0}


def _kernel(nb):
    nb["metadata"]["kernelspec"] = {"name": "ir", "display_name": "My R", "language": "R"}
    return nb


def _odd_metadata(nb):
    cell_of(nb, "01.1", "check")["metadata"]["nbgrader"]["points"] = "many"
    nb["cells"][0]["metadata"] = None
    nb["cells"].insert(0, {"cell_type": "heading", "source": None, "metadata": []})
    nb["cells"].insert(0, "not a cell")
    return nb


def _other_lesson(nb):
    for cell in nb["cells"]:
        cell["metadata"], cell["source"] = {}, cell["source"].replace("def ", "def x")
        cell["id"] = "z" + cell["id"]
    return nb


def _same_ids(nb):
    for cell in nb["cells"]:
        cell["id"] = "same"
    return nb


def _all_one_cell(nb):
    nb["cells"] = [code("\n\n".join(c["source"] for c in nb["cells"] if c["cell_type"] == "code"))]
    return nb


def _check_changed(nb):
    cell_of(nb, "01.1", "check")["source"] = "check('01.1', neuron); print('mine')"
    return nb


def _untouched(nb):
    for task in FULL:
        if task != "01.6":
            cell_of(nb, task)["source"] = _stub(nb, task)["source"]
    cell_of(nb, "01.6")["source"] = STARTER.get("source", "")
    return nb


STARTER: dict = {}  # filled by the test: the release's own text of the find-the-bug exercise


CASES = [
    Case("an exercise deleted", _drop("ex-01-3"), {"01.3": 0}, note="missing"),
    Case("a check deleted", _drop("check-01-3"), note="missing"),
    Case("an exercise and its check deleted", _drop("ex-01-3", "check-01-3"), {"01.3": 0}),
    Case("the answer in words deleted", _drop("why-01-1"), note="missing"),
    Case("a cell twice", _twice, note="copies"),
    Case("an untouched copy after the answer", _stub_after),
    Case("the answer in a cell of one's own", _answer_elsewhere),
    Case("everything pasted twice", _everything_twice),
    Case("checks above the exercises", _checks_first, note="above"),
    Case("all cells backwards", _backwards, note="above"),
    Case("an exercise as Markdown", _type("markdown"), note="made a code cell"),
    Case("an exercise as raw text", _type("raw"), note="made a code cell"),
    Case("marks and ids lost", bare, note="lost its mark"),
    Case("as Colab saves it", _colab, note="lost its mark"),
    Case("typed into a new notebook", _rewritten, note="lost its mark"),
    Case("all in one cell", _all_one_cell, {}, note="missing"),
    Case("merge markers in the file", _merge_in_file, note="merge markers"),
    Case("merge markers in the code", _merge_in_code, note="merge markers"),
    Case("a byte order mark", lambda nb: b"\xef\xbb\xbf" + json.dumps(nb).encode(),
         note="byte order"),
    Case("UTF-16", lambda nb: json.dumps(nb).encode("utf-16"), note="byte order"),
    Case("an old encoding", lambda nb: json.dumps(
        answer("01.1", cell_of(nb, "01.1")["source"] + "\n# Größe")(nb), ensure_ascii=False
    ).encode("cp1252"), note="UTF-8"),
    Case("another kernel", _kernel),
    Case("metadata of the wrong kind", _odd_metadata),
    Case("all cells with one id", _same_ids),
    Case("a changed check", _check_changed, note="changed"),
    Case("a syntax error", answer("01.2", "def update(weight, bias, x, y)\n    return weight"),
         {"01.2": 0}, says={"01.2": "SyntaxError"}),
    Case("wrong indentation", answer("01.2", "def update(weight, bias, x, y):\nreturn weight"),
         {"01.2": 0}, says={"01.2": "IndentationError"}),
    Case("another name", answer("01.2", "def my_update(weight, bias, x, y):\n    return weight"),
         {"01.2": 0}, says={"01.2": "update"}),
    Case("another signature", answer("01.2", "def update(weight, bias):\n    return weight, bias"),
         {"01.2": 0}, says={"01.2": "TypeError"}),
    Case("a value under the name", answer("01.2", "update = 3"), {"01.2": 0},
         says={"01.2": "no function"}),
    Case("nothing done", _untouched, NONE),
    Case("cut off", lambda nb: json.dumps(nb).encode()[:-700], status="not graded", note="cut off"),
    Case("empty", lambda nb: b"", status="not graded", note="empty"),
    Case("only blanks", lambda nb: b"\n \n", status="not graded", note="empty"),
    Case("a web page", lambda nb: b"<html><body>Login</body></html>", status="not graded",
         note="web page"),
    Case("some other file", lambda nb: b"%PDF-1.7 ...", status="not graded", note="other file"),
    Case("JSON, no notebook", lambda nb: b'{"a": 1}', status="not graded", note="no notebook"),
    Case("no cells", lambda nb: nb | {"cells": []}, status="not graded", note="exercises"),
    Case("another lesson", _other_lesson, status="not graded", note="another"),
    Case("nested without end", lambda nb: b'{"cells":' + b"[" * 100_000, status="not graded",
         note="notebook"),
]  # fmt: skip
