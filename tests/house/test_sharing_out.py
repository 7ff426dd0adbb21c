"""Which tests run where: --quick, --timing, and the groups that stay on one worker."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sharing_out
from sharing_out import group_of

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent


def collected(*words, status=0):
    """What pytest would run: the ids, and its last lines."""
    nbval = ["--nbval-lax", "--nbval-current-env"]
    command = [sys.executable, "-m", "pytest", "--co", "-q", "-p", "no:cacheprovider", *nbval]
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run([*command, *words], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == status, done.stdout[-800:] + done.stderr[-800:]
    return [line for line in done.stdout.splitlines() if "::" in line], done


@pytest.mark.slow
def test_quick_keeps_one_lesson_and_the_structure():
    ids, _ = collected("--quick", "04b")
    files = {line.split("::")[0] for line in ids}
    assert files == {
        "notebooks/04b_deep_and_stable.ipynb",
        "tests/checker/test_exercises.py",
        "tests/house/test_glossary.py",
        "tests/house/test_lint.py",
        "tests/house/test_marks.py",
        "tests/house/test_second_edition.py",
        "tests/house/test_structure.py",
        "tests/lessons/l04b/test_claims.py",
        "tests/lessons/l04b/test_diagrams.py",
        "tests/lessons/l04b/test_patient.py",
        "tests/lessons/l04b/test_recipes.py",
    }
    exercises = [line for line in ids if "[" in line and "test_exercises" in line]
    assert any("04b.1" in line for line in exercises)
    assert not any("[04.1" in line or "[05.1" in line for line in exercises)


def test_quick_without_such_a_lesson_names_the_ones_there_are():
    _, done = collected("--quick", "7", status=4)
    assert "no lesson '7'; the lessons are 00, 01, 02" in done.stderr


def test_timing_opens_no_other_file():
    ids, _ = collected("--timing", "only", "tests/house/test_import_cost.py", "tests/library")
    assert len(ids) == 2
    assert all("test_import_costs_at_most" in line for line in ids)
    ids, _ = collected("--timing", "without", "tests/house/test_import_cost.py")
    assert ids
    assert not any("test_import_costs_at_most" in line for line in ids)


@pytest.mark.parametrize(
    ("place", "group"),
    [
        ("tests/lessons/l07/test_explorer_in_browser.py", "browser"),
        ("tests/site/test_site_in_browser.py", "site"),
        ("tests/site/test_book.py", "site"),
        ("notebooks/07_recurrent_networks::ipynb", "notebooks/07_recurrent_networks"),
        ("tests/library/test_text.py", "tests/library/test_text.py"),
    ],
)
def test_what_shares_a_server_or_a_build_stays_together(place, group):
    assert group_of(f"{place}::Cell 3") == group


def test_the_tests_of_a_file_run_on_one_worker(tmp_path):
    for name in ("a", "b", "c"):
        tests = "".join(f"def test_{k}():\n    pass\n" for k in range(8))
        (tmp_path / f"test_{name}.py").write_text(tests, encoding="utf-8")
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['sharing_out']", encoding="utf-8")
    env = dict(os.environ, PYTHONPATH=str(Path(sharing_out.__file__).parent))
    env = {k: v for k, v in env.items() if not k.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadscope"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    ran = set(re.findall(r"\[(gw\d)\].*PASSED (?:.*/)?(test_\w)\.py", done.stdout))
    assert done.stdout.count("PASSED") == 24, done.stdout
    assert sorted(name for _, name in ran) == ["test_a", "test_b", "test_c"]
    assert {worker for worker, _ in ran} == {"gw0", "gw1"}


def test_the_longest_begin_first():
    groups = ["lessonlib/a.py", "notebooks/07_x.ipynb", "site", "tests/homework/a.py", "browser"]
    wanted = ["browser", "tests/homework/a.py", "site", "notebooks/07_x.ipynb", "lessonlib/a.py"]
    assert sorted(groups, key=sharing_out._rank) == wanted
