"""The explorers' scripts: what one may import, nothing unused, nothing twice, linted, formatted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lessonlib.files import notebooks_folder
from lessonlib.widgets.modules import Module, join, parse, read_packaged

ROOT = notebooks_folder().parent
SHARED = "lessonlib/widgets/"
TOOLS = {"lint": ["oxlint", "--deny-warnings"], "format": ["oxfmt", "--check"]}
WIDTH = 100  # as oxfmt sets it, which breaks neither texts nor comments

_DEFINED = re.compile(
    r"^(?:export )?(?:const|let|(?:async )?function\*?|class) ([\w$]+)", re.MULTILINE
)
_NEXT = re.compile(r"\n(?=[^\s})])")  # a line that begins something at the top of a module


def scripts() -> list[Module]:
    """Every script of the package, parsed."""
    paths = sorted((ROOT / "lessonlib").rglob("*.js"))
    return [
        parse(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths
    ]


def uses(module: Module, name: str) -> int:
    """How often a name is in the code, not counting properties and import statements."""
    code = module.code
    for wanted in reversed(module.imports):
        code = code[: wanted.start] + code[wanted.end :]
    return len(re.findall(rf"(?<![\w$]|(?<!\.\.)\.){re.escape(name)}(?![\w$])", code))


def unused(modules: list[Module]) -> list[str]:
    """Names that are imported, exported or defined at the top of a module and used nowhere."""
    found = []
    imported = {(w.path, name) for m in modules for w in m.imports for name in w.names.values()}
    for module in modules:
        here = {name for wanted in module.imports for name in wanted.names}
        found += [f"{module.path}: imports {name}" for name in here if not uses(module, name)]
        for name in module.exports:
            if name != "default" and (module.path, name) not in imported:
                found.append(f"{module.path}: exports {name}")
        for name in set(_DEFINED.findall(module.code)) - set(module.exports):
            if uses(module, name) < 2:
                found.append(f"{module.path}: defines {name}")
    return sorted(found)


def functions(module: Module) -> dict[str, str]:
    """The functions at the top of a module: the name, and the text without comments and spaces."""
    found = {}
    for start in _DEFINED.finditer(module.code):
        end = _NEXT.search(module.code, start.end())
        text = module.text[start.end() : end.start() if end else None]
        if "=>" in text or "function" in start[0]:
            found[start[1]] = re.sub(r"//.*|\s+", "", text)
    return found


def twice(modules: list[Module]) -> list[str]:
    """Functions that are in two modules, and names of shared ones that a module defines again."""
    shared = {name: m.path for m in modules if m.path.startswith(SHARED) for name in m.exports}
    seen: dict[str, str] = {}
    found = []
    for module in modules:
        for name, text in functions(module).items():
            if text in seen:
                found.append(f"{module.path}: {name} is {seen[text]} again")
            seen.setdefault(text, f"{name} of {module.path}")
        for name in _DEFINED.findall(module.code):
            if shared.get(name, module.path) != module.path:
                found.append(f"{module.path}: {name} is a name of {shared[name]}")
    return found


def program(name: str) -> str | None:
    """A linter next to this Python, on the path, or installed by npm."""
    folders = (Path(sys.executable).parent, None, ROOT / "node_modules" / ".bin")
    places = (shutil.which(name, path=folder and str(folder)) for folder in folders)
    return next(filter(None, places), None)


# --- the package's scripts ---


def test_every_script_is_part_of_a_page():
    pages = [m.path for m in scripts() if "default" in m.exports]
    reached = {
        path
        for page in pages
        for path in re.findall("^// (lessonlib/.*)$", join(page, read_packaged), re.M)
    }
    assert {m.path for m in scripts()} == reached
    assert {Path(page).name for page in pages} == {"view.js", "form.js"}


def test_a_lesson_imports_its_own_scripts_and_the_shared_ones():
    for module in scripts():
        own = module.path.rpartition("/")[0] + "/"
        for wanted in module.imports:
            assert wanted.path.startswith((own, SHARED)), f"{module.path}: {wanted.path}"


def test_nothing_is_unused_and_nothing_is_there_twice():
    assert unused(scripts()) == []
    assert twice(scripts()) == []


def test_a_script_begins_by_saying_what_it_is_and_has_short_lines():
    for module in scripts():
        assert module.text.startswith("// "), module.path
        assert [line for line in module.text.splitlines() if len(line) > WIDTH] == [], module.path


def test_styles_are_in_style_sheets_and_colours_in_variables_or_style_sheets():
    for module in scripts():
        assert "<style" not in module.text, module.path
        assert not re.search(r"element\(\s*\"style\"", module.text), module.path
        assert not re.search(r"#[0-9a-fA-F]{6}\b", module.text), module.path


@pytest.mark.parametrize("check", TOOLS)
def test_linter_and_formatter_find_nothing(check):
    name, *options = TOOLS[check]
    path = program(name)
    if path is None:
        pytest.skip(f"no {name}: it comes with the extra [test]")
    command = [path, *options, "lessonlib"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- the checks themselves ---


def sample(**texts):
    return [parse(f"{path.replace('__', '/')}.js", text) for path, text in texts.items()]


def test_what_is_unused_is_named():
    modules = sample(
        one='import { a, b, c } from "./two.js";\nconst d = [a, { ...c }];\nd.b = "b"; // b\n',
        two="export const a = 1;\nexport const b = 2;\nexport const c = 3;\nexport const e = 4;\n"
        "function f() {\n  return `${a}`;\n}\n",
    )
    assert unused(modules) == ["one.js: imports b", "two.js: defines f", "two.js: exports e"]


def test_what_is_there_twice_is_named():
    modules = sample(
        lessonlib__widgets__numbers="export const half = (x) => x / 2;\n",
        one="function third(x) {\n  // of x\n  return x / 3;\n}\nconst half = 1;\n",
        two="const part = 1;\nfunction portion(x) {\n  return x / 3; }\nconst y = (x) => x / 2;\n",
    )
    assert twice(modules) == [
        "one.js: half is a name of lessonlib/widgets/numbers.js",
        "two.js: portion is third of one.js again",
        "two.js: y is half of lessonlib/widgets/numbers.js again",
    ]


@pytest.mark.parametrize(
    ("check", "text", "wanted"),
    [
        ("lint", "export const a = () => clmap(1, 2);\n", "no-undef"),
        ("lint", "export const a = (b) => b == 1;\n", "eqeqeq"),
        ("lint", 'import { b } from "./b.js";\nexport const a = 1;\n', "no-unused-vars"),
        ("format", "export const a = b => b\n", "Format issues"),
    ],
)
def test_linter_and_formatter_find_what_is_wrong(tmp_path, check, text, wanted):
    name, *options = TOOLS[check]
    path = program(name)
    if path is None:
        pytest.skip(f"no {name}: it comes with the extra [test]")
    shutil.copy(ROOT / ".oxlintrc.json", tmp_path)
    (tmp_path / "a.js").write_text(text, encoding="utf-8")
    done = subprocess.run([path, *options, "a.js"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert wanted in done.stdout + done.stderr
