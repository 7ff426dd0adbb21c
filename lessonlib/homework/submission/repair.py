"""Bring a submitted notebook back to the form it was handed out in, and say what was done.

Students' tools rename cells, drop metadata, change cell types, duplicate and lose cells. A cell is
found again by its grade id, its cell id, or by the name it defines. The student's code is kept word
for word; what was given is put back.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from nbformat.validator import isvalid

from lessonlib.homework.cells import grade_id_in, grade_id_of, parsed, role_of
from lessonlib.homework.submission.pictures import attached, with_all_pictures
from lessonlib.lessons.registry import find

_MOST_CELLS, _MOST_TEXT, _MOST_CELL = 3000, 8 * 2**20, 2 * 2**20
_MOST_PARTS = 2_000_000  # lists and objects of a file: each takes far more memory than its bytes
_MOST_METADATA, _MOST_PICTURES = 2**18, 64 * 2**20
_CELL_ID = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TYPES = ("code", "markdown", "raw")
Placed = list[tuple[str, dict[str, Any]]]  # (grade id or "", cell) in the order of the notebook


class Unreadable(Exception):
    """The file is no notebook; the message says what it is."""


@dataclass
class Repaired:
    """The notebook in its normal form, and a note for everything that had to be put right."""

    notebook: dict[str, Any]
    notes: list[str]


def read(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """The notebook in a file, with notes. Raises Unreadable with the reason."""
    notes: list[str] = []
    if not raw.strip():
        raise Unreadable("the file is empty")
    text = _decode(raw, notes)
    if text.lstrip()[:1] != "{":
        kind = "a web page" if text.lstrip()[:1] == "<" else "some other file"
        raise Unreadable(f"this is {kind}, not a notebook (.ipynb)")
    if text.count("{") + text.count("[") > _MOST_PARTS:
        raise Unreadable("the file is too large: it has millions of parts")
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        tree = _without_markers(text, notes)
        if tree is None:
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "nesting"
            end = text.rstrip()
            cut = len(end) - getattr(error, "pos", 0) < 3 or end[-1] != "}"
            what = "cut off" if cut else "damaged"
            raise Unreadable(f"the notebook is {what} at {where}; hand it in again") from None
    return _structure(tree, notes), notes


def _decode(raw: bytes, notes: list[str]) -> str:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            notes.append("a byte order mark was removed")
            return raw.decode(name, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        notes.append("the file was not in UTF-8")
        return raw.decode("cp1252", errors="replace")


def one_side(text: str, side: int) -> tuple[str, int]:
    """A text with one side (0 or 1) of each version-control conflict, and how many there were.

    Each line is looked at once.

    >>> one_side("<<<<<<< a\\nx\\n=======\\ny\\n>>>>>>> b\\nz", 1)
    ('y\\nz', 1)
    """
    kept: list[str] = []
    count, part, begin = 0, -1, 0  # part: 0 first side, 1 second side, 2 what both come from
    sides: list[list[str]] = [[], [], []]
    for line in text.split("\n") if "<<<<<<<" in text else [text]:
        if part < 0 and line.startswith("<" * 7):
            part, begin, sides = 0, len(kept), [[], [], []]
        elif part == 0 and line.startswith("|" * 7):
            part = 2
        elif part in (0, 2) and line.rstrip("\r") == "=" * 7:
            part = 1
        elif part == 1 and line.startswith(">" * 7):
            del kept[begin:]
            kept += sides[side]
            part, count = -1, count + 1
            continue
        elif part >= 0:
            sides[part].append(line)
        kept.append(line)
    return "\n".join(kept), count


def _without_markers(text: str, notes: list[str]) -> Any:
    """Resolve a version-control conflict: the first side that makes a notebook."""
    for side in (0, 1):
        try:
            resolved, count = one_side(text.replace("\r\n", "\n"), side)
            tree = json.loads(resolved) if count else None
        except (ValueError, RecursionError):
            continue
        if tree is None:
            return None
        notes.append("merge markers were resolved: the first side that makes a notebook was kept")
        return tree
    return None


def _structure(tree: Any, notes: list[str]) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise Unreadable("the file holds JSON, but no notebook")
    cells = tree.get("cells")
    if cells is None and isinstance(tree.get("worksheets"), list):
        sheets = [s.get("cells") for s in tree["worksheets"] if isinstance(s, dict)]
        cells = [c for s in sheets if isinstance(s, list) for c in s]
    if not isinstance(cells, list):
        raise Unreadable("the file holds JSON, but no notebook (no cells)")
    if len(cells) > _MOST_CELLS:
        raise Unreadable(f"the notebook is too large ({len(cells)} cells)")
    clean = [_cell(c, notes) for c in cells if isinstance(c, dict)]
    if len(clean) < len(cells):
        notes.append(f"left out, since they are no cells: {len(cells) - len(clean)}")
    if (size := sum(len(c["source"]) for c in clean)) > _MOST_TEXT:
        raise Unreadable(f"the notebook is too large ({size / 2**20:.0f} MB of text in its cells)")
    return {"cells": clean}


def _cell(cell: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(s for s in source if isinstance(s, str))
    text = _unicode(source if isinstance(source, str) else "")
    pictures = _whole_tree(cell, "attachments", _MOST_PICTURES, notes)
    if cell.get("cell_type") != "code":
        text, pasted = attached(text, pictures)
        pictures |= pasted
    if len(text) > _MOST_CELL:  # a paste of data must not cost the other cells
        notes.append(f"a cell of {len(text) >> 20} MB was left out")
        text = ""
    kind = cell.get("cell_type")
    made = {
        "cell_type": kind if kind in _TYPES else "raw",
        "id": cell["id"] if isinstance(cell.get("id"), str) else "",
        "metadata": _whole_tree(cell, "metadata", _MOST_METADATA, notes),
        "source": text,
    }
    return made | ({"attachments": pictures} if pictures else {})


def _whole_tree(cell: dict[str, Any], name: str, most: int, notes: list[str]) -> dict[str, Any]:
    """A dictionary that came from outside, as it can be written; an empty one where it cannot."""
    tree = cell.get(name)
    if not isinstance(tree, dict) or not tree:
        return {}
    try:
        text = json.dumps(tree, ensure_ascii=False, allow_nan=False)
        if len(text) <= most:
            return dict(json.loads(text.encode("utf-8", errors="replace")))
    except (ValueError, TypeError, RecursionError):
        pass
    notes.append(f"the {name} of a cell cannot be read and were left out")
    return {}


def _unicode(text: str) -> str:
    """Line ends as \\n, and no half characters that cannot be stored."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", errors="replace").decode("utf-8")


def plain(source: str) -> str:
    """A source as it is compared: without trailing blanks.

    >>> plain("x = 1  \\n\\n")
    'x = 1'
    """
    return "\n".join(line.rstrip() for line in source.split("\n")).strip("\n")


def defines(source: str, name: str) -> bool:
    """Whether a cell gives a value to a name at its top level (works on unfinished code too).

    >>> defines("def update(w):\\n  return w", "update"), defines("update(1)", "update")
    (True, False)
    """
    found = rf"^(?:(?:async\s+)?def|class)\s+{name}\b|^{name}\s*(?::[^=\n]+)?=(?!=)"
    return bool(re.search(rf"{found}|^(?:from|import)\b.*\b{name}\b", source, re.M))


class _Matcher:
    """Finds every graded cell of the release among the cells of a submission."""

    def __init__(self, cells: list[dict[str, Any]], release: dict[str, Any]) -> None:
        self.cells, self.sources = cells, [plain(c["source"]) for c in cells]
        self.notes: list[str] = []
        self.ids = [grade_id_in(c) for c in cells]
        self.wanted = [c for c in release["cells"] if role_of(c)[0] != "given"]
        self.given = {plain(c["source"]) for c in release["cells"] if role_of(c)[0] == "given"}
        self.release = release
        self.found: dict[str, int] = {}

    def match(self) -> None:
        for cell in self.wanted:
            role, exercise = role_of(cell)
            candidates = self._candidates(cell, role, exercise)
            if candidates:
                name = grade_id_in(cell)
                self.found[name] = self._best(candidates, cell, role)
                if len(candidates) > 1 and role == "exercise":
                    self.notes.append(f"{exercise}: {len(candidates)} copies of the cell")

    def wanted_found(self) -> list[dict[str, Any]]:
        """The graded cells of the release that the submission has."""
        return [c for c in self.wanted if grade_id_in(c) in self.found]

    def _candidates(self, cell: dict[str, Any], role: str, exercise: str) -> list[int]:
        grade_id, taken = grade_id_in(cell), set(self.found.values())
        free = [k for k in range(len(self.cells)) if k not in taken]
        by_grade = [k for k in free if self.ids[k] == grade_id]
        by_cell = [k for k in free if self.cells[k]["id"] == cell["id"] and not self.ids[k]]
        if by_grade or by_cell:
            return by_grade or by_cell
        as_given = plain(cell["source"])
        same = [k for k in free if self.sources[k] == as_given]
        if role == "exercise":
            name = find(exercise).name
            named = [
                k for k in free
                if defines(self.cells[k]["source"], name) and not self.ids[k]
                and self.sources[k] not in self.given
            ]  # fmt: skip
            return named or same
        if role == "written":
            return self._after_question(cell, free)
        return same

    def _after_question(self, cell: dict[str, Any], free: list[int]) -> list[int]:
        """An answer that lost its mark is below the question's text."""
        before = self.release["cells"][self.release["cells"].index(cell) - 1]
        question = plain(before["source"])
        for k in free:
            if k and self.sources[k - 1] == question:
                is_text = self.cells[k]["cell_type"] != "code"
                return [k] if is_text and self.sources[k] not in self.given else []
        return []

    def _best(self, candidates: list[int], cell: dict[str, Any], role: str) -> int:
        as_given = plain(cell["source"])
        worked = [k for k in candidates if self.sources[k] != as_given]
        return (worked or candidates)[-1]


def repair(raw: bytes, release: dict[str, Any]) -> Repaired:
    """The submission in its normal form. Raises Unreadable where there is no notebook in it."""
    tree, notes = read(raw)
    matcher = _Matcher(tree["cells"], release)
    matcher.match()
    if not any(role_of(h)[0] == "exercise" for h in matcher.wanted_found()):
        raise Unreadable("none of this lesson's exercises is in the notebook; is it another one?")
    by_index = {k: name for name, k in matcher.found.items()}
    handed_out = {grade_id_in(c): c for c in matcher.wanted}
    placed: Placed = []
    for k, cell in enumerate(tree["cells"]):
        name, before = by_index.get(k, ""), matcher.ids[k]
        if parsed(name or before)[0] == "check" and _holds_work(cell, handed_out):
            placed.append(("", _extra(cell, notes)))
        if name:
            placed.append((name, _restored(cell, before, handed_out[name], notes)))
        elif before not in handed_out or parsed(before)[0] != "check":
            placed.append(("", _extra(cell, notes)))  # a copy of a check is dropped
    _insert_missing(placed, matcher, notes)
    _order_checks(placed, notes)
    cells = [cell for _, cell in placed]
    _unique_ids(cells)
    metadata = dict(release["metadata"])
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return Repaired(notebook, [*notes, *matcher.notes])


def _holds_work(cell: dict[str, Any], handed_out: dict[str, dict[str, Any]]) -> bool:
    """Whether somebody has typed an answer, or a part of one, into the cell of a check."""
    given = {plain(c["source"]) for c in handed_out.values()}
    return plain(cell["source"]) not in given and defines(cell["source"], r"[^\W\d]\w*")


def _restored(
    cell: dict[str, Any], before: str, given: dict[str, Any], notes: list[str]
) -> dict[str, Any]:
    role, exercise = role_of(given)
    if cell["cell_type"] != given["cell_type"]:
        notes.append(f"{exercise}: a {cell['cell_type']} cell was made a {given['cell_type']} cell")
    if not before:
        notes.append(f"{exercise}: the {role} cell had lost its mark")
    source = given["source"] if role == "check" else cell["source"]
    if role == "check" and plain(cell["source"]) != plain(given["source"]):
        notes.append(f"{exercise}: the check cell had been changed; the original was used")
    if role == "exercise":
        source = _resolved(source, exercise, notes)
    pictures = {"attachments": cell.get("attachments", {})}
    return with_all_pictures(_whole({**given, **pictures, "source": source}), notes, exercise)


def _resolved(source: str, exercise: str, notes: list[str]) -> str:
    resolved, count = one_side(source + "\n", 0)
    if count:
        notes.append(f"{exercise}: merge markers in the code; the first side was kept")
        return resolved.rstrip("\n")
    return source


def _whole(cell: dict[str, Any]) -> dict[str, Any]:
    kept = {k: cell[k] for k in ("cell_type", "id", "metadata", "source")}
    if cell["cell_type"] == "code":
        return kept | {"outputs": [], "execution_count": None}
    pictures = cell["cell_type"] == "markdown" and cell.get("attachments")
    return kept | ({"attachments": pictures} if pictures else {})


def _extra(cell: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    source = _resolved(cell["source"], "an added cell", notes)
    metadata = {k: v for k, v in cell["metadata"].items() if k != "nbgrader"}
    made = _whole({**cell, "source": source, "metadata": metadata})
    bare = {k: v for k, v in made.items() if k != "attachments"} | {"id": "x"}
    if not isvalid(bare, f"{made['cell_type']}_cell", 4, 5):
        made["metadata"] = {}
        notes.append("an added cell: its metadata were not in order and were left out")
    return with_all_pictures(made, notes, "an added cell")


def _insert_missing(placed: Placed, matcher: _Matcher, notes: list[str]) -> None:
    """Put back what is gone: a check after its exercise, the rest in the order handed out."""
    last = -1
    for given in matcher.wanted:
        name = grade_id_in(given)
        at = next((k for k, (there, _) in enumerate(placed) if there == name), None)
        if at is None:
            role, exercise = role_of(given)
            notes.append(f"{exercise}: the {role} cell was missing and was put back")
            at = last + 1 if last >= 0 else len(placed)
            placed.insert(at, (name, _whole(given)))
        last = at


def _order_checks(placed: Placed, notes: list[str]) -> None:
    """A check that is above its exercise moves below it."""
    for name in [name for name, _ in placed if parsed(name)[0] == "check"]:
        exercise, order = parsed(name)[1], [name for name, _ in placed]
        own, at = order.index(grade_id_of("ex", exercise)), order.index(name)
        if at < own:
            notes.append(f"{exercise}: the check stood above the exercise")
            placed.insert(own, placed.pop(at))


def _unique_ids(cells: list[dict[str, Any]]) -> None:
    """One id for each cell; of two with the same, a graded one keeps it, else the first."""
    seen: dict[str, int] = {}
    for k, cell in sorted(enumerate(cells), key=lambda pair: role_of(pair[1])[0] == "given"):
        if _CELL_ID.match(cell["id"]):
            seen.setdefault(cell["id"], k)
    for k, cell in enumerate(cells):
        if seen.get(cell["id"]) != k:
            cell["id"] = f"cell-{k}"
            while cell["id"] in seen:
                cell["id"] += "x"
            seen[cell["id"]] = k
