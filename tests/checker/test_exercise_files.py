"""Each exercise is one file of its lesson, and none of them reaches a student's process."""

import ast
import inspect
import io
import pickle
import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import lessonlib.lessons
from lessonlib.homework.sandbox.border import holds_answers
from lessonlib.homework.sandbox.session import GraderProblem, pack_calls
from lessonlib.lessons.registry import exercises_of, find, lessons

ALL = [e for lesson in lessons() for e in exercises_of(lesson).values()]
FOLDER = Path(lessonlib.lessons.__path__[0])


def package_of(lesson):
    return f"lessonlib.lessons.l{lesson}.exercises"


def files_of(lesson):
    return sorted((FOLDER / f"l{lesson}" / "exercises").glob("*.py"))


def module_of(exercise):
    """The module in which an exercise has to be."""
    lesson, number = exercise.id.split(".")
    return import_module(f"{package_of(lesson)}.exercise_{number}")


def imports_of(source):
    """The modules, and the names in modules, that a file imports from lessons."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {("." * node.level + (node.module or ""), a.name) for a in node.names}
    return {(m, name) for m, name in found if f"{m}.{name}".startswith(("lessonlib.lessons", "."))}


def strangers(source, lesson):
    """The imports of an exercise file that are neither shared.py nor another's reference.

    What a lesson has outside its exercises (`lessons/l04b/patient.py`) is its page's as well.
    """
    references = {(e.reference.__module__, e.name) for e in exercises_of(lesson).values()}
    shared = f"{package_of(lesson)}.shared"
    return {
        (module, name)
        for module, name in imports_of(source)
        if (module, name) not in references
        and (module != shared or name[:1] in ("", "_"))
        and not (_is_of_the_page(module, lesson) and name[:1] not in ("", "_"))
    }


def _is_of_the_page(module, lesson):
    """Whether a module is in a lesson's folder itself."""
    return module.rpartition(".")[0] == package_of(lesson).rpartition(".")[0]


@pytest.mark.parametrize("lesson", lessons())
def test_each_exercise_of_a_lesson_is_one_file(lesson):
    tasks = list(exercises_of(lesson).values())
    assert [e.id for e in tasks] == [f"{lesson}.{k}" for k in range(1, len(tasks) + 1)]
    names = {file.name for file in files_of(lesson)}
    wanted = {f"exercise_{k}.py" for k in range(1, len(tasks) + 1)}
    assert names - {"shared.py"} == {"__init__.py", *wanted}
    assert [module_of(e).EXERCISE for e in tasks] == tasks


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.id)
def test_a_file_goes_from_the_question_to_the_exercise(exercise):
    """Docstring, reference, cases, what people write instead, and last the exercise itself."""
    module = module_of(exercise)
    assert module.__doc__.startswith(f"Exercise {exercise.id}: ")
    tree = ast.parse(inspect.getsource(module))
    names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert names[0] == exercise.name
    assert [name for name in names if not name.startswith("_")] == [exercise.name]
    assert ast.unparse(tree.body[-1]).startswith("EXERCISE = Exercise(id=")
    wrong = {f.__name__ for f in (exercise.starter, *(m.answer for m in exercise.mistakes)) if f}
    instead = [k for k, name in enumerate(names) if name in wrong]
    if "_cases" in names:
        assert all(k > names.index("_cases") for k in instead)
    else:
        assert exercise.cases.__module__ == f"{module.__package__}.shared"


@pytest.mark.parametrize("lesson", lessons())
def test_an_exercise_needs_nothing_of_another_lesson(lesson):
    for file in files_of(lesson):
        source = file.read_text(encoding="utf-8")
        if file.name == "__init__.py":
            assert len(ast.parse(source).body) == 1, "a docstring: the registry finds the files"
        elif file.name == "shared.py":
            assert imports_of(source) == set()
        else:
            assert strangers(source, lesson) == set(), file


@pytest.mark.parametrize(
    "line",
    [
        "from lessonlib.lessons.l02.exercises.exercise_1 import layer",
        "from lessonlib.lessons.l01.exercises.exercise_3 import _cases",
        "from lessonlib.lessons.l01.exercises.shared import _points",
        "from .shared import points",
        "import lessonlib.lessons.l01.exercises.shared",
        "from lessonlib import lessons",
    ],
)
def test_other_imports_are_found(line):
    allowed = "from lessonlib.lessons.l01.exercises.exercise_3 import one_pass\n"
    assert strangers(allowed, "01") == set()
    assert len(strangers(allowed + line, "01")) == 1


@pytest.mark.parametrize("lesson", lessons())
def test_what_is_shared_is_used_by_two_exercises(lesson):
    users = {}
    for file in files_of(lesson):
        for module, name in imports_of(file.read_text(encoding="utf-8")):
            if module == f"{package_of(lesson)}.shared":
                users.setdefault(name, set()).add(file.name)
    assert all(len(files) >= 2 for files in users.values()), users
    if (FOLDER / f"l{lesson}" / "exercises" / "shared.py").exists():
        shared = import_module(f"{package_of(lesson)}.shared")
        own = ast.parse(inspect.getsource(shared)).body
        public = {n.name for n in own if isinstance(n, ast.FunctionDef) and n.name[0] != "_"}
        assert public <= set(users)


def test_every_module_with_answers_is_hidden():
    found = {
        info.name
        for info in pkgutil.walk_packages(lessonlib.lessons.__path__, "lessonlib.lessons.")
    }
    answers = {name for name in found if ".exercises" in name}
    assert {m.__name__ for m in map(module_of, ALL)} < answers
    assert {name for name in found if holds_answers(name)} == answers


class Reader(pickle.Unpickler):
    """Unpickles as a student's process does, where no module with answers can be imported."""

    def find_class(self, module, name):
        assert not holds_answers(module), f"{module}.{name} would be imported"
        return super().find_class(module, name)


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.id)
def test_calls_travel_without_the_lesson(exercise):
    cases = exercise.cases(np.random.default_rng(1))
    use, calls, seconds, first = Reader(io.BytesIO(pack_calls(exercise, cases, 3.0, 5))).load()
    assert (seconds, first) == (3.0, 5)
    assert len(calls) == len(cases)
    assert repr(use(exercise.reference, *calls[0])) == repr(
        exercise.use(exercise.reference, *exercise.cases(np.random.default_rng(1))[0])
    )


def test_a_function_of_any_module_of_the_lesson_travels():
    shared = find("07.1").cases
    assert shared.__module__ != find("07.2").cases.__module__
    packed = pack_calls(replace(find("07.2"), use=shared), [], 3.0)
    assert Reader(io.BytesIO(packed)).load()[0](np.random.default_rng(1))[0][0].tolist() == [
        [1.0],
        [0.0],
        [2.0],
    ]
    with pytest.raises(AssertionError, match="would be imported"):
        Reader(io.BytesIO(pickle.dumps(shared))).load()


@pytest.mark.parametrize("name", ["03.4", "05b.1", "07.1", "07.5"])
def test_calls_with_the_reference_are_refused(name):
    exercise = find(name)
    with pytest.raises(GraderProblem, match=f"{name}: the reference would travel"):
        pack_calls(replace(exercise, use=exercise.reference), [], 3.0)
