"""Joining ES modules: what runs is what the modules say, and what cannot be joined is refused."""

import json
import shutil
import subprocess

import pytest

from lessonlib.widgets import modules
from lessonlib.widgets.modules import ModuleError, blanked, join, load, parse, script, style

FILES = {
    "page/view.js": """// The view; import and export in a comment are words.
import {
  double,
  twice as again,
} from "../shared/double.js";
const helper = () => `export ${double(4)} import ${first}`;
const first = NAME;

import { NAME } from "./name.js";

export default { told: [helper(), again(1), NAME, "import { x } from 'y'", /export "/.source] };
""",
    "page/name.js": "const helper = 'own';\nexport const NAME = `view ${helper}`;\n",
    "shared/double.js": """import { add } from "./add.js";

export function double(value) {
  return add(value, value);
}
export const twice = value => double(double(value));
""",
    "shared/add.js": "export const add = (a, b) => a + b;\nconst helper = 0;\n",
}


def reader(files):
    """A function from path to text, as `join` wants it."""

    def read(path):
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read


def joined(**changed):
    """FILES joined, with some of them replaced, named by what comes before .js."""
    named = {path.rpartition("/")[2].removesuffix(".js"): path for path in FILES}
    return join("page/view.js", reader(FILES | {named[k]: v for k, v in changed.items()}))


def test_each_module_comes_once_and_after_those_that_it_needs():
    read = reader(FILES | {"shared/add.js": "export const add = 1;\n"})
    order = [module.path for module in load("page/view.js", read)]
    assert order == ["shared/add.js", "shared/double.js", "page/name.js", "page/view.js"]
    assert joined().count("const add = (a, b)") == 1


def test_the_joined_text_has_one_export_and_no_import():
    code = blanked(joined())
    assert "import" not in code
    assert [line for line in code.splitlines() if "export" in line] == [
        "export default $module3.default;"
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node to run the joined module with")
def test_the_joined_module_does_what_the_modules_do(tmp_path):
    (tmp_path / "joined.mjs").write_text(joined(), encoding="utf-8")
    look = "import m from './joined.mjs'; console.log(JSON.stringify(m.told));"
    (tmp_path / "look.mjs").write_text(look, encoding="utf-8")
    command = ["node", str(tmp_path / "look.mjs")]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told == ["export 8 import view own", 4, "view own", "import { x } from 'y'", 'export "']


# --- what is refused ---

CASES = {
    "missing file": (
        {"view": 'import { a } from "./nothing.js";\nexport default a;\n'},
        r"no file page/nothing\.js, which page/view\.js imports",
    ),
    "not exported": (
        {"double": 'import { sub } from "./add.js";\nexport const double = sub, twice = 1;\n'},
        r"shared/double\.js, line 1: shared/add\.js does not export sub; it exports add",
    ),
    "circle": (
        {"add": 'import { twice } from "./double.js";\nexport const add = twice;\n'},
        r"a circle of imports: shared/double\.js -> shared/add\.js -> shared/double\.js",
    ),
    "no default": (
        {"view": "export const a = 1;\n"},
        r"page/view\.js: .* needs an `export default`",
    ),
    "open template": (
        {"name": "export const NAME = 1;\nconst a = `${1} b;\n"},
        r"page/name\.js, line 2: the template that begins here does not end",
    ),
}


@pytest.mark.parametrize(("changed", "message"), CASES.values(), ids=CASES)
def test_modules_that_do_not_fit_are_refused_by_name(changed, message):
    with pytest.raises(ModuleError, match=message):
        joined(**changed)


@pytest.mark.parametrize(
    "form",
    [
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        'import "./a.js";',
        'import { } from "./a.js";',
        'import { a } from "a";',
        'import { a } from "https://example.org/a.js";',
        'import { a, b as a } from "./a.js";',
        'import { "a b" as a } from "./a.js";',
        'import data from "./a.json" with { type: "json" };',
        'const a = await import("./a.js");',
        "const a = import.meta.url;",
        "export { a };",
        'export { a } from "./a.js";',
        'export * from "./a.js";',
        "export let a = 1;",
        "export var a = 1;",
        "export const { a } = b;",
        "export default function a() {}",
        "export default class A {}",
        "const a = 1; export const b = 2;",
        "{\n  export const b = 2;\n}",
    ],
)
def test_forms_that_are_not_joined_are_refused_with_their_line(form):
    with pytest.raises(ModuleError, match=r"one\.js, line [23]: .*cannot be joined; wanted"):
        parse("one.js", f"// a comment\n{form}\n")


def test_a_form_may_be_a_word_or_the_name_of_a_property():
    text = 'const a = { import: 1, export: 2 };\nconst b = a.import + a.export; // "export let"\n'
    assert parse("one.js", text).exports == {}


# --- blanking ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('a("b // c"); // d', 'a("      ");     '),
        ("a /* b\n c */ d", "a     \n      d"),
        (r'"a\"b" + c', '"    " + c'),
        ("`a ${b + `c ${d}`} e` + f", "`  ${b + `  ${d}`}  ` + f"),
        ("`${{ a: 1 }} b`", "`${{ a: 1 }}  `"),
        ("a / b / c", "a / b / c"),
        ("(a) / b // c", "(a) / b     "),
        ("a(/[/\"]'/g, b)", "a(/      g, b)"),
        ("return /'/;", "return / /;"),
        ("x = y.return / 2 / 'a'", "x = y.return / 2 / ' '"),
        ("it's not closed", "it's not closed"),
    ],
)
def test_only_code_is_left_and_it_stays_in_its_place(text, code):
    assert blanked(text) == code
    assert len(code) == len(text)


# --- the package's own ---


def test_scripts_and_styles_of_a_package_are_read_once(monkeypatch):
    package = "lessonlib.lessons.l05.explorer"
    assert "capacityView" in script(package)
    assert ".ns-predict" in style("lessonlib.widgets", "form.css")
    monkeypatch.setattr(modules, "read_packaged", None)
    assert script(package) is script(package)
    assert style("lessonlib.widgets", "form.css")


def test_a_package_without_a_style_has_an_empty_one_and_one_without_a_script_is_refused():
    assert style("lessonlib.lessons.l05.explorer") == ""
    with pytest.raises(ModuleError, match=r"no file lessonlib/lessons/view\.js"):
        script("lessonlib.lessons")
