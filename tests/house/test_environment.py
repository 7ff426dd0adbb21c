"""One truth for versions and addresses: pyproject.toml; what else states one is held to it.

`problems(root)` reads a checkout. It is run on this one, and on copies with one thing spoilt each.
"""

import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"matplotlib": "matplotlib-base", "torch": "pytorch-cpu"}
CHANNELS = ["conda-forge", "nodefaults"]
SETTINGS = "lessonlib/learner/jupyter"
VARIABLES = {"OMP_NUM_THREADS": "1", "JUPYTER_CONFIG_PATH": SETTINGS}
POST_BUILD = [
    "#!/bin/bash",
    "set -euo pipefail",
    "python -m pip install --no-deps --no-cache-dir -e .",
    'python -c "import lessonlib"',
    "# An optional checker that costs every Jupyter process seconds of CPU; without it nothing is"
    " missed.",
    'python -m pip uninstall --yes rfc3987-syntax || echo "rfc3987-syntax stays"',
]
START = [
    "#!/bin/bash",
    "set -euo pipefail",
    "# One core: more threads than that only wait for each other.",
    "export OMP_NUM_THREADS=1",
    "# JupyterLab opens without its question about news.",
    'export JUPYTER_CONFIG_PATH="$PWD/lessonlib/learner/jupyter"',
    'exec "$@"',
]
PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+( ; [^:@/]+)?")


def read_project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(project):
    """Name -> requirement, of the package itself and of the lessons."""
    lines = project["dependencies"] + project["optional-dependencies"]["lab"]
    return {Requirement(line).name: Requirement(line) for line in lines}


def conda_problems(root, project):
    full, binder = (
        yaml.safe_load((root / name).read_text(encoding="utf-8"))
        for name in ("environment.yml", "binder/environment.yml")
    )
    wanted = {
        CONDA_NAMES.get(r.name, r.name) + str(r.specifier) for r in requirements(project).values()
    }
    packages = [line for line in full["dependencies"] if isinstance(line, str)]
    python = [line for line in packages if re.match(r"python\b", line)]
    seen = set(packages) - set(python) - {"pip"}
    if seen != wanted:
        yield f"environment.yml differs from pyproject.toml: {sorted(seen ^ wanted)}"
    if len(python) != 1 or not re.fullmatch(r"python=3\.\d+", python[0]):
        yield f"environment.yml: Binder reads python=3.N and no other form, found {python}"
    elif f"Programming Language :: Python :: {python[0][7:]}" not in project["classifiers"]:
        yield f"environment.yml: {python[0]} is not a Python that pyproject.toml names"
    if full["dependencies"] != [*packages, {"pip": ["-e ."]}]:
        yield "environment.yml must end with the pip block that installs the package"
    # On Binder the variable is binder/start's: nobody activates an environment there.
    if full.pop("variables", None) != VARIABLES:
        yield "environment.yml does not set one thread and JupyterLab's defaults"
    if binder != full | {"dependencies": packages}:
        yield "binder/environment.yml is not environment.yml without the pip block"
    if full["channels"] != CHANNELS:
        yield f"environment.yml: channels are {full['channels']}"


def binder_problems(root):
    folder = root / "binder"
    names = sorted(path.name for path in folder.iterdir())
    if names != ["environment.yml", "postBuild", "start"]:
        yield f"binder/ holds {names}"
    yield from (f"binder/{p.name} is a link" for p in folder.iterdir() if p.is_symlink())
    for name, lines in (("postBuild", POST_BUILD), ("start", START)):
        script = folder / name
        if script.exists() and script.read_bytes().decode().split("\n") != [*lines, ""]:
            yield f"binder/{name} is not the lines it must be"
        if os.name == "posix" and script.exists() and not script.stat().st_mode & stat.S_IXUSR:
            yield f"binder/{name} is not executable"


def pin_problems(root, project):
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    yield from (
        f"constraints.txt: {line!r} is not a plain pin" for line in lines if not PIN.fullmatch(line)
    )
    extras = project["optional-dependencies"].values()
    stated = project["dependencies"] + [line for extra in extras for line in extra]
    pins = {}
    for line in lines:
        if PIN.fullmatch(line):
            name, version = line.split(" ; ")[0].split("==")
            pins.setdefault(name.lower(), []).append(version)
    for wanted in map(Requirement, stated):
        versions = pins.get(wanted.name.lower(), [])
        if not versions:
            yield f"constraints.txt does not pin {wanted.name}"
        yield from (
            f"constraints.txt: {wanted.name}=={version}, pyproject.toml wants {wanted.specifier}"
            for version in versions
            if version not in wanted.specifier
        )


def address_problems(root, project):
    address = project["urls"]["Repository"]
    owner_and_name = address.removeprefix("https://github.com/")
    readme = (root / "README.md").read_text(encoding="utf-8")
    launches = re.findall(r"https://mybinder\.org/v2/gh/([^\s)\"]+)", readme)
    if not launches:
        yield "README.md has no Binder badge"
    for launch in launches:
        repository, _, query = launch.partition("?")
        if repository != f"{owner_and_name}/HEAD":
            yield f"README.md: the Binder badge launches {repository}"
        page = re.fullmatch(r"urlpath=lab/tree/(.+\.ipynb)", query)
        if not page or not (root / page[1]).exists():
            yield f"README.md: the Binder badge opens {query!r}, which is no page of the course"
    for named in re.findall(r"github\.com/([\w.-]+/neural-sparks)\b", readme):
        if named != owner_and_name:
            yield f"README.md names the repository {named}"
    book = project["urls"]["Documentation"]
    if f"({book})" not in readme:
        yield f"README.md does not lead to the book at {book}"
    citation = root / "CITATION.cff"
    if citation.exists():
        stated = yaml.safe_load(citation.read_text(encoding="utf-8"))
        if stated.get("repository-code") != address:
            yield f"CITATION.cff: repository-code is {stated.get('repository-code')}"
        if str(stated.get("version")) != project["version"]:
            yield f"CITATION.cff: version is {stated.get('version')}"


def problems(root):
    project = read_project(root)
    found = [*conda_problems(root, project), *binder_problems(root)]
    return [*found, *pin_problems(root, project), *address_problems(root, project)]


def test_this_checkout_has_no_problem():
    assert problems(ROOT) == []


@pytest.fixture
def copy(tmp_path):
    """A small checkout without a problem, to be spoilt."""
    for name in ("pyproject.toml", "constraints.txt", "environment.yml"):
        shutil.copy2(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    project = read_project(ROOT)
    address = project["urls"]["Repository"]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/00_start_here.ipynb").touch()
    launch = address.replace("https://github.com", "https://mybinder.org/v2/gh")
    launch += "/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb"
    book = project["urls"]["Documentation"]
    text = f"[![b](x.svg)]({launch})\n`git clone {address}`\n[the book]({book})\n"
    (tmp_path / "README.md").write_text(text)
    citation = f"repository-code: {address}\nversion: {project['version']}\n"
    (tmp_path / "CITATION.cff").write_text(citation)
    assert problems(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("environment.yml", "numpy>=2.2", "numpy>=2.1", "differs from pyproject.toml"),
        ("environment.yml", "  - scipy>=1.15\n", "", "differs from pyproject.toml"),
        ("environment.yml", "  - pip\n", "  - pip\n  - pandas\n", "differs from pyproject.toml"),
        ("pyproject.toml", "scipy>=1.15", "scipy>=1.16", "differs from pyproject.toml"),
        ("environment.yml", "python=3.13", "python>=3.13", "no other form"),
        ("environment.yml", "python=3.13", "python=3.10", "not a Python that"),
        ("environment.yml", "  - pip:\n      - -e .\n", "", "must end with the pip block"),
        ("environment.yml", "  - nodefaults\n", "  - defaults\n", "channels are"),
        ("environment.yml", 'OMP_NUM_THREADS: "1"', 'OMP_NUM_THREADS: "2"', "one thread"),
        ("environment.yml", "learner/jupyter", "jupyter", "JupyterLab's defaults"),
        ("binder/environment.yml", "tqdm>=4.67", "tqdm>=4.60", "not environment.yml without"),
        ("binder/environment.yml", "  - pip\n", "", "not environment.yml without"),
        ("binder/postBuild", "set -euo pipefail\n", "", "not the lines"),
        ("binder/postBuild", "\n", "\r\n", "not the lines"),
        (
            "constraints.txt",
            "anywidget==",
            "--index-url https://example.org\nanywidget==",
            "plain pin",
        ),
        (
            "constraints.txt",
            "anywidget==",
            "x @ https://example.org/x.whl\nanywidget==",
            "plain pin",
        ),
        ("constraints.txt", "anywidget==", "other==", "does not pin anywidget"),
        ("constraints.txt", "numpy==2", "numpy==1", "pyproject.toml wants >=2.2"),
        ("README.md", "/HEAD?", "/main?", "badge launches"),
        ("README.md", "00_start", "00_stat", "no page of the course"),
        ("README.md", "mybinder", "yourbinder", "no Binder badge"),
        ("README.md", "github.com/neural-sparks", "github.com/fork", "names the repository fork"),
        ("README.md", "github.io", "example.io", "does not lead to the book"),
        ("CITATION.cff", "version: ", "version: 9", "CITATION.cff: version"),
        ("CITATION.cff", "https://", "http://", "CITATION.cff: repository-code"),
    ],
)
def test_a_spoilt_line_is_caught(copy, name, old, new, said):
    path = copy / name
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
    assert any(said in problem for problem in problems(copy)), problems(copy)


def test_a_stray_file_a_link_and_a_lost_mode_are_caught(copy):
    (copy / "binder/requirements.txt").touch()
    assert any("binder/ holds" in problem for problem in problems(copy))
    (copy / "binder/requirements.txt").unlink()
    if os.name == "posix":
        (copy / "binder/postBuild").chmod(0o644)
        assert problems(copy) == ["binder/postBuild is not executable"]
        (copy / "binder/postBuild").chmod(0o755)
        kept = (copy / "binder/environment.yml").rename(copy / "binder.yml")
        (copy / "binder/environment.yml").symlink_to(kept)
        assert problems(copy) == ["binder/environment.yml is a link"]


def test_plain_jupyter_lab_in_the_conda_environment_asks_nothing(monkeypatch):
    """`jupyter lab` in the clone, with the variables that activating sets; elsewhere they say
    nothing, since the path is of this folder."""
    utils = pytest.importorskip("jupyterlab_server.settings_utils")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", SETTINGS)
    monkeypatch.chdir(ROOT)
    (found,) = utils._get_overrides("/no/such/folder")[0].values()
    assert found == {"checkForUpdates": False, "fetchNews": "false"}
    monkeypatch.chdir("/")
    assert "fetchNews" not in str(utils._get_overrides("/no/such/folder")[0])


@pytest.mark.skipif(shutil.which("bash") is None, reason="it is a bash script")
@pytest.mark.skipif(os.name == "nt", reason="Binder runs on Linux")
def test_binder_starts_everything_with_one_thread(copy):
    words = ["bash", "-c", 'echo "$OMP_NUM_THREADS $0 $1"', "two words", "three"]
    done = subprocess.run(["binder/start", *words], cwd=copy, capture_output=True, text=True)
    assert done.stdout == "1 two words three\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="postBuild is a bash script")
@pytest.mark.skipif(os.name == "nt", reason="Binder builds on Linux")
@pytest.mark.parametrize(
    ("failing", "calls"), [("none", 3), ("-m pip install", 1), ("-c", 2), ("-m pip uninstall", 3)]
)
def test_post_build_stops_at_the_first_failure(copy, failing, calls):
    stub = copy / "bin/python"
    stub.parent.mkdir()
    lines = ["#!/bin/bash", 'echo "$@" >> calls.txt', f'[[ "$*" != "{failing}"* ]]', ""]
    stub.write_text("\n".join(lines))
    stub.chmod(0o755)
    env = dict(os.environ, PATH=f"{stub.parent}{os.pathsep}{os.environ['PATH']}")
    done = subprocess.run(["binder/postBuild"], cwd=copy, env=env)
    assert (done.returncode == 0) == (failing in ("none", "-m pip uninstall"))
    assert len((copy / "calls.txt").read_text().splitlines()) == calls
