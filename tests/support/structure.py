"""What the structure of modules and notebooks must be; each function yields what is wrong.

Modules are read from their syntax trees, nothing is imported.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from build_notebooks import problems as stored_output_problems

from lessonlib.homework.cells import grade_id_of, graded_cell_of, parsed

# What costs time or memory when it is loaded -> the parts of lessonlib that may load it at once.
MAY_LOAD = {
    "matplotlib": {"plots"},
    "IPython": {"plots", "widgets", "homework"},
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "nbgrader": {"homework"},
}
NEVER_AT_LOAD = {"torch", "torchvision", "sklearn", "pandas"}
MATHEMATICS = {"functional", "nn"}

# The lessons that are not rewritten yet; every other one is held to more (second_edition.py).
FIRST_EDITION = {"08", "09", "10", "10b"}

CODE_LINES, PROSE_WORDS, LINE_LENGTH = 25, 180, 88
NOTEBOOK_BYTES, COMPARED_CELLS = 1_000_000, 8
TAG = "nbval-check-output"
SCHEMA = {"schema_version", "grade_id", "grade", "solution", "locked", "task"}
CHECK_CALL = re.compile(r"^(?:result = )?check\(\s*[\"'](\w+)\.(\d+)[\"']", re.MULTILINE)
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|Users|work|tmp|private)/\w|\b[A-Z]:\\\\?Users\\"
)
REMOTE_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*https?:|<img[^>]*src=[\"']?https?:", re.IGNORECASE)
SHELL = re.compile(
    r"^\s*(!|%pip|%conda|%%bash|%%sh|%system|%sx)|get_ipython\(\)\.system", re.MULTILINE
)


# --- modules ---


def imports(path: Path, package: Path) -> Iterator[tuple[str, bool]]:
    """Full name of everything a file imports, and whether that happens when the file is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    parents = path.relative_to(package.parent).with_suffix("").parts
    for node in ast.walk(tree):
        at_load = id(node) not in late
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(parents[: len(parents) - node.level]) if node.level else []
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                yield ".".join([*base, alias.name]), at_load


def module_of(name: str, package: Path) -> Path | None:
    """The file of the package that an imported name stands for, None for other packages."""
    parts = name.split(".")
    if parts[0] != package.name:
        return None
    for end in range(len(parts), 0, -1):
        path = package.joinpath(*parts[1:end])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return package / "__init__.py"


def part_of(path: Path, package: Path) -> str:
    return path.relative_to(package).parts[0].removesuffix(".py")


def import_problems(package: Path) -> Iterator[str]:
    """Packages that are too heavy where they are imported. (Import contracts hold the layers.)"""
    for path in sorted(package.rglob("*.py")):
        part, name = part_of(path, package), path.relative_to(package).as_posix()
        if part in ("__init__", "_data", "_notebooks"):
            continue
        for imported, at_load in imports(path, package):
            if module_of(imported, package) is None:
                yield from _foreign_problems(name, part, imported, at_load)
    top = package / "__init__.py"
    for imported, at_load in imports(top, package):
        if at_load and imported.split(".")[0] not in sys.stdlib_module_names:
            yield f"__init__.py loads {imported}: `import lessonlib` must stay light"


def _foreign_problems(name: str, part: str, imported: str, at_load: bool) -> Iterator[str]:
    top = imported.split(".")[0]
    if top in sys.stdlib_module_names:
        return
    erf = imported.startswith("scipy.special") and not at_load and part == "functional"
    if part in MATHEMATICS and top != "numpy" and not erf:
        yield f"{name} imports {imported}: the mathematics needs NumPy alone"
    if at_load and top in NEVER_AT_LOAD and "/recipes/" not in name:  # nothing imports a recipe
        yield f"{name} imports {imported} when it is loaded: import it where it is used"
    # loaded when a picture is drawn
    drawing = name.endswith(("/explorer/figure.py", "/diagrams.py"))
    if at_load and part not in MAY_LOAD.get(top, {part}) and not drawing:
        yield f"{name} loads {imported}: import it where it is used"


def cycle_problems(package: Path) -> Iterator[str]:
    """Circles of files that import each other when they are loaded."""
    graph = {}
    for path in package.rglob("*.py"):
        found = {module_of(name, package) for name, at_load in imports(path, package) if at_load}
        graph[path] = {
            target for target in found - {None, path} if target != package / "__init__.py"
        }
    done: set[Path] = set()

    def visit(path: Path, trail: list[Path]) -> Iterator[str]:
        if path in trail:
            circle = [str(one.relative_to(package)) for one in trail[trail.index(path) :]]
            yield f"imports go in a circle: {' -> '.join([*circle, circle[0]])}"
        elif path not in done:
            for target in sorted(graph.get(path, ())):
                yield from visit(target, [*trail, path])
            done.add(path)

    for path in sorted(graph):
        yield from visit(path, [])


# --- notebooks ---


def notebook_problems(path: Path) -> Iterator[str]:
    """Everything that a lesson must not be, and what it lacks."""
    if path.stat().st_size > NOTEBOOK_BYTES:
        yield f"{path.stat().st_size} bytes, at most {NOTEBOOK_BYTES}"
    raw = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell.get("id") for cell in raw["cells"]]
    if None in ids or len(set(ids)) < len(ids):
        yield "two cells have the same id, or one has none"
        return  # nbformat would repair it silently
    book = nbformat.read(path, as_version=4)
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as error:
        yield f"not a valid notebook: {str(error).splitlines()[0]}"
    cells = book.cells
    if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("# "):
        yield "the first cell is not a title"
    lesson = path.stem.split("_")[0]
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            found = code_problems(cell)
        else:
            found = prose_problems(cell, counted=lesson in FIRST_EDITION)
        yield from (f"cell {number}: {problem}" for problem in found)
    yield from stored_output_problems(book)
    first = next((cell for cell in cells if cell.cell_type == "code"), None)
    if first and re.search(r"^\s*(import|from) torch", first.source, re.MULTILINE):
        yield "the first code cell imports PyTorch: import it where it is used"
    tagged = [cell for cell in cells if TAG in cell.metadata.get("tags", [])]
    if not path.name.startswith("00") and len(tagged) < COMPARED_CELLS:
        yield f"{len(tagged)} cells are tagged {TAG}, at least {COMPARED_CELLS} are wanted"
    yield from exercise_problems(cells, lesson)


def prose_problems(cell, counted: bool) -> Iterator[str]:
    words = len(cell.source.split())
    if counted and words > PROSE_WORDS:  # second_edition.py counts those of the other lessons
        yield f"{words} words, at most {PROSE_WORDS}"
    if REMOTE_IMAGE.search(cell.source):
        yield "a picture from the network"
    if MACHINE_PATH.search(cell.source):
        yield "a path of one machine"


def code_problems(cell) -> Iterator[str]:
    lines = cell.source.splitlines()
    if len(lines) > CODE_LINES:
        yield f"{len(lines)} lines of code, at most {CODE_LINES}"
    if any(len(line) > LINE_LENGTH for line in lines):
        yield f"a line of {max(map(len, lines))} characters, at most {LINE_LENGTH}"
    if SHELL.search(cell.source):
        yield "a shell or an installer is called"
    texts = [cell.source]
    for output in cell.outputs:
        texts += [value for value in output.get("data", {}).values() if isinstance(value, str)]
        texts.append(output.get("text", ""))
        if "image/png" in output.get("data", {}):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            if len(alt.split()) < 4:
                yield f"a figure without an alt text that says what to see: {alt!r}"
    if any(REMOTE_IMAGE.search(text) for text in texts):
        yield "a picture from the network"
    if any(MACHINE_PATH.search(text) for text in texts):
        yield "a path of one machine"


def exercise_problems(cells, number: str) -> Iterator[str]:
    """nbgrader metadata of the two cells of every exercise."""
    answers, checks = [], []
    for position, cell in enumerate(cells):
        graded = dict(cell.metadata.get("nbgrader", {}))
        called = CHECK_CALL.search(cell.source) if cell.cell_type == "code" else None
        grade_id = graded.get("grade_id", "")
        where = f"cell {position}"
        if graded and (graded.get("schema_version") != 3 or not set(graded) >= SCHEMA):
            yield f"{where}: nbgrader metadata are not of schema 3"
        if cell.cell_type == "code" and "raise NotImplementedError" in cell.source and not graded:
            yield f"{where}: an answer cell without nbgrader metadata"
        if called:
            exercise = f"{called[1]}.{called[2]}"
            wanted = graded_cell_of(exercise)
            checks.append(grade_id_of("ex", exercise))
            if called[1] != number:
                yield f"{where}: checks {called[1]}.{called[2]} in lesson {number}"
            if grade_id != wanted or not (graded.get("grade") and graded.get("locked")):
                yield f"{where}: must be graded, locked and named {wanted}"
            if not graded.get("points", 0) > 0 or graded.get("solution"):
                yield f"{where}: a check carries points and is no solution"
            if TAG in cell.metadata.get("tags", []):
                yield f"{where}: a check is tagged {TAG}: a solved exercise would fail"
        elif graded.get("solution") and not graded.get("grade"):
            answers.append(grade_id)
            role, exercise = parsed(grade_id)
            if role != "exercise" or not re.fullmatch(rf"{number}\.\d+", exercise):
                yield f"{where}: an answer cell is named ex-{number}-k, not {grade_id}"
    if answers != checks:
        yield f"answers {answers} and checks {checks} do not pair"
