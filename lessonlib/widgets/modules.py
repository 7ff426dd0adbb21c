"""Joins ES modules into one text, in pure Python, so that neither set-up nor use needs Node.

A script imports by relative path, `import { a, b as c } from "./paint.js";`, and exports what it
declares: `export const a = ...`, `export function b() ...`, `export class C ...`. The script that a
page loads also has `export default`. Every module becomes a function that runs once and returns
its exports, so names in two modules cannot collide. Other forms are refused.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

Read = Callable[[str], str]  # from a path to the text of that file

_PIECE = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<space>\s+)|(?P<other>[^\s"'`/{}]+|.)""",
    re.DOTALL,
)
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_VALUE = re.compile(r"[\w$)\]\"'`]$")  # a slash after it divides, but not after these words:
_BEFORE_VALUE = re.compile(r"(?<![\w$.])(?:return|typeof|case|of|in)$")

_NAME = r"[A-Za-z_$][\w$]*"
_KEYWORD = re.compile(r"(?<![\w$.])(?:import|export)(?![\w$]|\s*:)")
_IMPORT = re.compile(r"import\s*\{([^{}]*)\}\s*from\s*(\"[^\"\n]*\");?")
_IMPORTED = re.compile(rf"({_NAME})(?:\s+as\s+({_NAME}))?")
_EXPORT = re.compile(rf"export\s+(?=(?:const\s+|(?:async\s+)?function\s*\*?\s*|class\s+)({_NAME}))")
_DEFAULT = re.compile(r"export\s+default\s+(?!function\b|class\b|async\b)")
_FORMS = (
    'wanted, at the beginning of a line, import { name } from "./file.js"; export const, '
    "function or class; or export default with a value"
)


class ModuleError(ValueError):
    """A script that cannot be joined. The message names the file, the line and what is wrong."""


@dataclass(frozen=True)
class Import:
    """One import: the module's path, its names by the names they have here, where it is."""

    path: str
    names: dict[str, str]
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Module:
    """A script with its imports, its exports, and where the word `export` is in it."""

    path: str
    text: str
    code: str  # the text as `blanked` gives it
    imports: tuple[Import, ...]
    exports: dict[str, tuple[int, int]]  # `default` among them


def blanked(text: str) -> str:
    """The text with comments and the insides of strings, templates and patterns made blank.

    What remains keeps its place; expressions inside templates remain.
    Raises ModuleError where a template does not end.
    """
    done: list[str] = []
    braces: list[str] = []  # what each closing brace will close
    at, before = 0, ""
    while at < len(text):
        kind, piece = _piece(text, at, before, braces[-1:] == ["${"])
        if piece.startswith("}") and braces:
            braces.pop()
        if kind == "template" and piece.endswith("${"):
            braces.append("${")
        elif piece == "{":
            braces.append("{")
        done.append(_blank(kind, piece))
        at += len(piece)
        before = before if kind in ("comment", "space") else done[-1]
    return "".join(done)


def _piece(text: str, at: int, before: str, in_template: bool) -> tuple[str, str]:
    """The kind and the text of what begins at a place; `before` is the last piece of code."""
    found = _PIECE.match(text, at)
    assert found is not None  # the last alternative takes any character
    if found[0] == "`" or (found[0] == "}" and in_template):
        rest = _TEMPLATE.match(text, at + 1)
        if rest is None:
            raise ModuleError(f"line {_line(text, at)}: the template that begins here does not end")
        return "template", text[at : rest.end()]
    divides = _VALUE.search(before) and not _BEFORE_VALUE.search(before)
    if found[0] == "/" and not divides and (regex := _REGEX.match(text, at)):
        return "string", regex[0]
    return found.lastgroup or "other", found[0]


def _blank(kind: str, piece: str) -> str:
    if kind == "comment":
        return re.sub(r"[^\n]", " ", piece)
    if kind == "string":
        return piece[0] + re.sub(r"[^\n]", " ", piece[1:-1]) + piece[-1]
    if kind == "template":
        end = 2 if piece.endswith("${") else 1
        return piece[0] + re.sub(r"[^\n]", " ", piece[1:-end]) + piece[-end:]
    return piece


def parse(path: str, text: str) -> Module:
    """Find the imports and exports of a script. Raises ModuleError for any other form."""
    try:
        code = blanked(text)
    except ModuleError as error:
        raise ModuleError(f"{path}, {error}") from None
    imports: list[Import] = []
    exports: dict[str, tuple[int, int]] = {}
    for word in _KEYWORD.finditer(code):
        start = word.start()
        if start and code[start - 1] != "\n":
            raise _refused(path, text, start)
        if found := _IMPORT.match(code, start):
            imports.append(_import(path, text, found))
        elif found := _EXPORT.match(code, start):
            exports[found[1]] = found.span()
        elif found := _DEFAULT.match(code, start):
            exports["default"] = found.span()
        else:
            raise _refused(path, text, start)
    return Module(path, text, code, tuple(imports), exports)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _refused(path: str, text: str, at: int) -> ModuleError:
    found = text[at:].split("\n", 1)[0].strip()
    return ModuleError(f"{path}, line {_line(text, at)}: {found!r} cannot be joined; {_FORMS}")


def _import(path: str, text: str, found: re.Match[str]) -> Import:
    """Read an import statement; its strings are blank in the match, so they come from the text."""
    start, end = found.span()
    file = text[found.start(2) + 1 : found.end(2) - 1]
    names = {}
    for name in filter(None, (part.strip() for part in found[1].split(","))):
        both = _IMPORTED.fullmatch(name)
        if both is None or (both[2] or both[1]) in names:
            raise _refused(path, text, start)
        names[both[2] or both[1]] = both[1]
    if not names or not file.startswith(("./", "../")):
        raise _refused(path, text, start)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
    return Import(target, names, _line(text, start), start, end)


def load(path: str, read: Read) -> list[Module]:
    """A script and all that it imports, each after the modules that it needs.

    Raises ModuleError for a file that is not there, a name that its module does not export, a
    circle of imports, and what `parse` refuses.
    """
    loaded: dict[str, Module] = {}
    _load(path, read, loaded, [])
    return list(loaded.values())


def _load(path: str, read: Read, loaded: dict[str, Module], above: list[str]) -> Module:
    if path in above:
        circle = [*above[above.index(path) :], path]
        raise ModuleError(f"a circle of imports: {' -> '.join(circle)}")
    if path not in loaded:
        try:
            text = read(path)
        except FileNotFoundError:
            by = f", which {above[-1]} imports" if above else ""
            raise ModuleError(f"there is no file {path}{by}") from None
        module = parse(path, text)
        for wanted in module.imports:
            _check(module, wanted, _load(wanted.path, read, loaded, [*above, path]))
        loaded[path] = module
    return loaded[path]


def _check(module: Module, wanted: Import, source: Module) -> None:
    for name in wanted.names.values():
        if name not in source.exports:
            has = ", ".join(source.exports) or "nothing"
            where = f"{module.path}, line {wanted.line}"
            raise ModuleError(f"{where}: {source.path} does not export {name}; it exports {has}")


def join(path: str, read: Read) -> str:
    """One module that does what a script and its imports do, with the script's default export.

    Raises ModuleError for what `load` refuses, and for a script without a default export.
    """
    modules = load(path, read)
    if "default" not in modules[-1].exports:
        raise ModuleError(f"{path}: the script of a page needs an `export default`")
    numbers = {module.path: k for k, module in enumerate(modules)}
    functions = [_function(module, numbers) for module in modules]
    return "\n".join([*functions, f"export default $module{len(modules) - 1}.default;\n"])


def _function(module: Module, numbers: dict[str, int]) -> str:
    """A module as a function that is called at once; its imports come before all else, as ever."""
    edits = [(start, end, "") for name, (start, end) in module.exports.items() if name != "default"]
    head = f"// {module.path}\nconst $module{numbers[module.path]} = (() => {{"
    for wanted in module.imports:
        names = ", ".join(f"{there}: {here}" for here, there in wanted.names.items())
        head += f"\nconst {{ {names} }} = $module{numbers[wanted.path]};"
        edits.append((wanted.start, wanted.end, ""))
    if "default" in module.exports:
        edits.append((*module.exports["default"], "const $default = "))
    body, at = [], 0
    for start, end, new in sorted(edits):
        body += [module.text[at:start], new]
        at = end
    given = ", ".join("default: $default" if name == "default" else name for name in module.exports)
    rest = f"{module.text[at:]}\nreturn {{ {given} }};\n}})();"
    return "\n".join([head, "".join(body) + rest])


def read_packaged(path: str) -> str:
    """The text of a file by its path from where packages lie, such as "lessonlib/widgets/form.js".

    Raises FileNotFoundError where there is none.
    """
    package, _, name = path.partition("/")
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


@cache
def script(package: str, name: str = "view.js") -> str:
    """The script of a package, joined with all that it imports; read once in a process."""
    return join(f"{package.replace('.', '/')}/{name}", read_packaged)


@cache
def style(package: str, name: str = "view.css") -> str:
    """A style sheet of a package, empty where it has none; read once in a process."""
    try:
        return read_packaged(f"{package.replace('.', '/')}/{name}")
    except FileNotFoundError:
        return ""
