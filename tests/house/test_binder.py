"""What Binder will do with this repository, asked of its own program; nothing is built, no Docker.

repo2docker reads a checkout, picks one of its build packs and writes a Dockerfile. The recipe is
right if the conda pack is picked with our Python, if the environment is made before the lessons are
copied (so that a change of a lesson does not solve it again), and if postBuild comes after.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from lessonlib.files import notebooks_folder

ROOT = notebooks_folder().parent
ASK = """
import json
from repo2docker.app import Repo2Docker
app = Repo2Docker()
for kind in app.buildpacks:
    pack = kind(app.base_image)
    if pack.detect():
        break
else:
    raise SystemExit("no build pack")
pack.platform = "linux/amd64"
print(json.dumps({
    "pack": kind.__name__, "python": pack.python_version, "file": pack.render(),
    "post": pack.get_post_build_scripts(), "environment": pack.binder_path("environment.yml"),
}))
"""

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("repo2docker") is None,
        reason="no jupyter-repo2docker, which the extra [test] brings on Linux",
    ),
    pytest.mark.skipif(os.name == "nt", reason="Binder builds on Linux"),
]


def ask(folder):
    """What repo2docker makes of a folder."""
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def checkout(tmp_path):
    """The files at the root that could mislead it, and binder/."""
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, tmp_path)
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    return tmp_path


def test_binder_takes_the_conda_pack_with_our_python(checkout):
    found = ask(checkout)
    recipe = yaml.safe_load((checkout / "binder/environment.yml").read_text(encoding="utf-8"))
    (python,) = (line for line in recipe["dependencies"] if str(line).startswith("python="))
    assert found["pack"] == "CondaBuildPack"
    assert f"python={found['python']}" == python
    assert found["environment"] == "binder/environment.yml"
    assert found["post"] == ["binder/postBuild"]


def test_the_environment_is_made_before_the_lessons_are_copied(checkout):
    lines = ask(checkout)["file"].splitlines()

    def first(pattern):
        return next(k for k, line in enumerate(lines) if re.search(pattern, line))

    solved = first(r"env update .*binder/environment\.yml")
    whole = first(r"^COPY .* src/ \$\{REPO_DIR\}")
    after = first(r"^RUN \./binder/postBuild|^RUN .*binder/postBuild$")
    assert solved < whole < after


def test_another_form_of_the_python_line_would_be_caught(checkout):
    """The trap that the first test is there for: only python=3.N is read."""
    file = checkout / "binder/environment.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("python=3.13", "python>=3.13"))
    assert ask(checkout)["python"] != "3.13"


def test_without_binder_the_pack_would_be_another(checkout):
    """`binder/` hides the root's files; without it the root's environment.yml would be taken."""
    shutil.rmtree(checkout / "binder")
    assert ask(checkout)["environment"] == "environment.yml"


def test_the_pages_that_links_launch_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = re.findall(r"mybinder\.org/v2/\S+?urlpath=lab/tree/([\w/.]+)", text)
    assert "notebooks/00_start_here.ipynb" in pages
    assert all((ROOT / page).is_file() for page in pages)
