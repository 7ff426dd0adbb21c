"""What a lesson of the second edition must be besides: its words, its rhythm, its folded cells.

Each function yields what is wrong. `structure.FIRST_EDITION` names the lessons that are exempt.
"""

import ast
import re
from collections.abc import Iterator

from build_notebooks import FOLD_TAG
from marks import COMMENT

from lessonlib.homework.cells import parsed

LESSON_WORDS, CELL_WORDS, CODE_CELLS_IN_A_ROW = (2500, 4500), 300, 2
SHOW_TAG = "show-input"  # the code of this picture is the idea: it stays open
DRAWS = re.compile(r"\bplots\.show\(")
SPEAKS = re.compile(r"\b(expect|check|yours)\(")
PREDICTS = re.compile(r"^predict\(", re.MULTILINE)
CHECKS = re.compile(r"^(?:result = )?check\(", re.MULTILINE)
YOURS = re.compile(r"\byours\(")
TITLE = re.compile(r"^#+ .*(?:exercise|capstone).*", re.MULTILINE | re.IGNORECASE)
SOURCES = re.compile(r"\*\*Sources\.?\*\*.*?(?=\n\s*\n|\Z)|^#+ Sources\b.*\Z", re.DOTALL | re.M)
MARKUP = re.compile(r"<[^>]+>")
BARE_TRUTH = re.compile(r"[\s\[\](),]*((np\.)?(True|False)_?[\s\[\](),]*)+")
MUTATES = {"append", "extend", "insert", "update", "add", "pop", "remove", "clear", "setdefault"}
MUTATES |= {"write", "print", "setattr", "sort", "fill", "put", "__setitem__"}


def lesson_problems(cells, number: str) -> Iterator[str]:
    """Everything that a lesson of the second edition must not be, and what it lacks."""
    yield from word_problems(cells, number)
    for position, cell in enumerate(cells):
        if cell.cell_type == "code":
            found = (*code_problems(cell.source), *fold_problems(cell), *truth_problems(cell))
            yield from (f"cell {position}: {problem}" for problem in found)
    yield from rhythm_problems(cells)
    yield from link_problems(cells)
    yield from prediction_problems(cells)
    if number != "00":
        yield from exercise_problems(cells)


def words_in(source: str) -> int:
    """The words of a Markdown cell: headings and formulas count, markup, marks and sources do not.

    >>> words_in("# Draw a line\\n\\nIt reads 0.9<!-- 01.x -->.\\n\\n**Sources.** A. Author, 1958.")
    6
    """
    text = MARKUP.sub(" ", COMMENT.sub("", SOURCES.sub("", source)))
    return sum(any(c.isalnum() for c in word) for word in text.split())


def word_problems(cells, number: str) -> Iterator[str]:
    """A lesson that is too long or too short, and cells that are too long."""
    counts = {k: words_in(c.source) for k, c in enumerate(cells) if c.cell_type == "markdown"}
    for position, words in counts.items():
        if words > CELL_WORDS:
            yield f"cell {position}: {words} words, at most {CELL_WORDS}"
    least, most = LESSON_WORDS
    if number != "00" and sum(counts.values()) < least:
        yield f"{sum(counts.values())} words, at least {least} are wanted"
    if sum(counts.values()) > most:
        yield f"{sum(counts.values())} words, at most {most}"


def code_problems(source: str) -> Iterator[str]:
    """What no page shows: linter comments, private names, functions made for their side effects."""
    if re.search(r"#\s*noqa", source, re.IGNORECASE):
        yield "a comment for the linter (noqa)"
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return  # what an exercise leaves open
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.match(r"_(?!_)", node.attr):
            yield f"a private name: .{node.attr}"
        value = getattr(node, "value", None)
        assigned = isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)
        if assigned and isinstance(value, ast.Lambda) and _has_effect(value.body):
            yield f"a lambda that is assigned for its side effect: {ast.unparse(value)}"


def _has_effect(body: ast.expr) -> bool:
    calls = (node for node in ast.walk(body) if isinstance(node, ast.Call))
    names = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
    return bool(names & MUTATES) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(body))


def _tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def fold_problems(cell) -> Iterator[str]:
    """A cell that only draws is folded; one that an answer goes into, or that speaks, is not."""
    folded, speaks = FOLD_TAG in _tags(cell), bool(SPEAKS.search(cell.source))
    if DRAWS.search(cell.source) and not (speaks or folded or SHOW_TAG in _tags(cell)):
        yield f"it only draws: tag it {FOLD_TAG}, or {SHOW_TAG} where its code is the idea"
    if folded and (speaks or SHOW_TAG in _tags(cell) or _is_exercise(cell)):
        yield f"tagged {FOLD_TAG}, but what it does must be seen"


def _texts(cell) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if "image/png" not in output.get("data", {}):
            yield output.get("text", output.get("data", {}).get("text/plain", ""))


def truth_problems(cell) -> Iterator[str]:
    """A line of output that says only True or False."""
    for text in _texts(cell):
        if any(BARE_TRUTH.fullmatch(line) for line in text.splitlines() if line.strip()):
            yield f"an output that is only True or False: {text.strip()[:60]!r}"


def rhythm_problems(cells) -> Iterator[str]:
    """More than two code cells without a text between them."""
    row = 0
    for position, cell in enumerate(cells):
        row = row + 1 if cell.cell_type == "code" else 0
        if row == CODE_CELLS_IN_A_ROW + 1:
            yield f"cell {position}: more than {CODE_CELLS_IN_A_ROW} code cells without a text"


def link_problems(cells) -> Iterator[str]:
    """Links within the page lead to one of its headings."""
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    titles = {t.strip() for text in texts for t in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    places = {re.sub("[`*]", "", title).replace(" ", "-") for title in titles}
    for position, cell in enumerate(cells):
        for place in re.findall(r"\]\(#((?:[^()\s]|\([^()\s]*\))+)\)", cell.source):
            if place not in places:
                yield f"cell {position}: a link to #{place}, which is no heading"


def _is_exercise(cell) -> bool:
    role, _ = parsed(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return role != "given" or (cell.cell_type == "code" and bool(CHECKS.search(cell.source)))


def _has_picture(cell) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def prediction_problems(cells) -> Iterator[str]:
    """A prediction that a picture or an exercise follows before an output answers it."""
    for position, cell in enumerate(cells):
        if cell.cell_type != "code" or not PREDICTS.search(cell.source):
            continue
        for later in cells[position + 1 :]:
            if later.cell_type == "code" and PREDICTS.search(later.source):
                continue  # the next prediction, answered by the same output
            if _is_exercise(later):
                yield f"cell {position}: an exercise comes before what answers the prediction"
                break
            if later.cell_type == "code" and any(text.strip() for text in _texts(later)):
                break
            if _has_picture(later):
                yield f"cell {position}: a figure comes before what answers the prediction"
                break
        else:
            yield f"cell {position}: no output answers the prediction"


def exercise_problems(cells) -> Iterator[str]:
    """No accepted answer put to work, or no capstone at the end."""
    if not any(c.cell_type == "code" and YOURS.search(c.source) for c in cells):
        yield "no accepted answer is put to work: yours(...)"
    checks = [k for k, c in enumerate(cells) if c.cell_type == "code" and CHECKS.search(c.source)]
    above = [c.source for c in cells[: checks[-1]] if c.cell_type == "markdown"] if checks else []
    titles = [title for source in above for title in TITLE.findall(source)] or ["none"]
    if "capstone" not in titles[-1].lower():
        yield f"the last exercise is no capstone by its title: {titles[-1]}"
