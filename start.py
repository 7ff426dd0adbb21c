"""Sets the course up and starts it. Needs Python 3.11 to 3.14 and nothing else.

python3 start.py lab  [JupyterLab's options]   the lessons, in JupyterLab
python3 start.py test [pytest's options]       the checks; --quick 07 for one lesson's alone
python3 start.py doctor                        a page to copy into a request for help

All of it is installed into the folder .venv next to this file, by the first run alone.
"""

# Kept to what Python 3.6 can read, so that an old Python gets a sentence and not a traceback.
import contextlib
import hashlib
import json
import locale
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

REPO = Path(__file__).resolve().parent
VENV = REPO / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
EXTRAS = {"lab": ["lab"], "test": ["book", "homework", "lab", "test"]}
LINUX = sys.platform == "linux"
SETTINGS = REPO / "lessonlib" / "learner" / "jupyter"  # defaults of JupyterLab
CPU_GB, FULL_GB = 1.1, 6.0 if LINUX else 1.1  # installed; PyPI's Linux build brings CUDA
SHOWN = re.compile(r"\s*(Resolved|Prepared|Installing collected|Downloading .*\d ?Mi?B)")
CAUSES = (
    (r"no space left|os error (28|112)\b|not enough space", "the disk is full"),
    (r"permission denied|access is denied", "a file in .venv could not be written"),
    (r"connect|dns error|resolution|network|timed out|offline", "no network"),
    (r"No module named 'torchvision'", "it went elsewhere: a pip.conf or uv.toml names a target"),
    (r"no matching distribution", "the package index has no fitting build, or no network"),
)

# Variables that lead uv, pip, Python, Jupyter or a kernel elsewhere; STAYS: indexes, network,
# caches, encodings, which the start needs as they are.
STEERS = re.compile(
    r"(UV_|PIP_|PYTHON[A-Z]|JUPYTER_|JUPYTERLAB_|CONDA_PREFIX|CONDA_DEFAULT_ENV$|VIRTUAL_ENV$"
    r"|__PYVENV_LAUNCHER__$|IPYTHONDIR$|MPLBACKEND$|MATPLOTLIBRC$)"
)
STAYS = re.compile(
    r"UV_((DEFAULT_|EXTRA_)?INDEX|FIND_LINKS|TORCH_BACKEND|INSECURE|NATIVE_TLS|SYSTEM_CERTS|HTTP"
    r"|REQUEST|UPLOAD|OFFLINE|CONCURRENT|KEYRING|CREDENTIALS|CACHE|NO_CACHE|LINK_MODE|CONFIG_FILE"
    r"|NO_PROGRESS)|PIP_((EXTRA_)?INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY"
    r"|(DEFAULT_)?TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE|KEYRING|CONFIG_FILE|USE_FEATURE"
    r"|DISABLE_PIP|NO_INPUT|ROOT_USER|PROGRESS_BAR)"
    r"|PYTHON(IOENCODING|UNBUFFERED|DONTWRITEBYTECODE|PYCACHEPREFIX|HASHSEED|FAULTHANDLER"
    r"|NOUSERSITE|UTF8|COERCECLOCALE)"
    r"|JUPYTER_(RUNTIME_DIR|TOKEN)"
)
USUAL = ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV")  # dropped without a word
SECRET = re.compile(r"TOKEN|PASS|SECRET|KEY|USERNAME|CREDENTIAL|AUTH")


def steering() -> list:
    """The names of the variables that would lead the start elsewhere."""
    names = sorted(os.environ)
    return [n for n in names if STEERS.match(n.upper()) and not STAYS.match(n.upper())]


def environment() -> dict:
    """The variables for the programs of .venv: nothing leads them to another Python or kernel."""
    dropped = steering()
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    env["PATH"] = str(BIN) + os.pathsep + os.environ.get("PATH", os.defpath)
    env["VIRTUAL_ENV"] = str(VENV)
    env["PYTHONUTF8"] = "1"
    if os.name == "posix" and "utf" not in locale.nl_langinfo(locale.CODESET).lower():
        env["LC_ALL"] = utf8_locale()
    env["PYTHONNOUSERSITE"] = "1"
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel python3 of .venv before the user's own
    env["JUPYTER_CONFIG_PATH"] = str(SETTINGS)
    return env


def utf8_locale() -> str:
    """A locale in which Python 3.11 reads a .pth file that names a folder with an umlaut."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def run(*command: str) -> str:
    """Run a command, show its progress lines; return "" when it went well, else what it wrote."""
    kept = []
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=str(REPO), env=environment(), **pipe) as process:
        try:
            for raw in process.stdout:
                kept.append(raw.decode("utf-8", "replace"))
                if SHOWN.match(kept[-1]):
                    print("  " + kept[-1].strip()[:88], flush=True)
        except BaseException:
            process.terminate()
            raise
    return "" if process.returncode == 0 else "".join(kept) or f"exit {process.returncode}"


def cause(output: str) -> str:
    """Say in one line what went wrong, from an installer's output."""
    known = [line for pattern, line in CAUSES if re.search(pattern, output, re.IGNORECASE)]
    return known[0] if known else " / ".join(output.split("\n")[-6:]).strip(" /")[:400]


def check_machine() -> None:
    """Say in one line why an environment cannot be made here, if it cannot."""
    here = f"This is Python {platform.python_version()} ({sys.executable})"
    if not (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.maxsize < 2**32:
        sys.exit(f"{here}; the course needs a 64-bit Python 3.11 to 3.14: python.org has one.")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        sys.exit(f"{here} for Intel Macs, where PyTorch has no builds: use environment.yml.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(f"{here} without its venv module. On Debian or Ubuntu: apt install python3-venv")
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        sys.exit(f"{VENV} is in the way: it is not a Python environment. Move it elsewhere.")
    need_disk(CPU_GB)


def need_disk(gigabytes: float) -> None:
    """Stop before a download that cannot fit."""
    free = shutil.disk_usage(str(REPO)).free / 1e9
    if free < gigabytes + 0.4:
        sys.exit(f"Not enough disk: {free:.1f} GB free in {REPO}, {gigabytes + 0.4:.1f} GB needed.")


def uv_leads_elsewhere() -> bool:
    """Whether a uv.toml names a folder to install into: uv has no option against it, pip has."""
    home, data = os.path.expanduser("~"), os.environ.get("APPDATA", "/nowhere")
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    files = [Path(config, "uv/uv.toml"), Path("/etc/uv/uv.toml"), Path(data, "uv/uv.toml")]
    files += [folder / "uv.toml" for folder in (REPO, *REPO.parents)]
    files += [Path(os.environ["UV_CONFIG_FILE"])] if "UV_CONFIG_FILE" in os.environ else []
    named = re.compile(r"(?m)^\s*(pip\.)?(target|prefix)\s*=")
    for file in files:
        with contextlib.suppress(OSError):
            if named.search(file.read_text(encoding="utf-8", errors="replace")):
                print(f"{file} leads uv elsewhere: plain pip installs, which takes longer.")
                return True
    return False


def install(extras: list, fresh: bool) -> str:
    """Install the package with its pinned dependencies; return "" or what went wrong."""
    # told in full where to: a pip.conf with `user`, `target`, `root` or `prefix` leads elsewhere
    pip = [PYTHON, "-m", "pip", "install", "--no-user", "--target="]
    pip += ["--root=/", f"--prefix={VENV}"] if os.name == "posix" else []
    trouble = run(*pip, "-q", "--retries", "2", "uv>=0.8,<1")
    if cause(trouble) in ("no network", "the disk is full"):
        return trouble
    uv = not trouble and not uv_leads_elsewhere()  # several times faster than plain pip
    own = "--reinstall-package=neural-sparks"  # its .pth may have been moved aside
    tool = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, own] if uv else pip
    what = ["-c", "constraints.txt", "-e", f".[{','.join(extras)}]"]
    pair = ["--reinstall-package=torch", "--reinstall-package=torchvision"]
    attempts = [("the default PyTorch", FULL_GB, [], "torch and torchvision do not match")]
    if uv and LINUX and not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists()):
        cpu = ["--torch-backend", "cpu"]
        attempts.insert(0, ("PyTorch for the CPU", CPU_GB, cpu, "its index does not answer"))
    attempts.append(
        ("both again", FULL_GB, pair if uv else ["--force-reinstall"], "they do not match")
    )
    for title, size, flags, why in attempts:
        if fresh:
            need_disk(size)
        print(f"Installing the course with {title}: about {size} GB on disk.", flush=True)
        # torch and torchvision of different builds fail at import, so the last attempt takes both
        trouble = run(*tool, *flags, *what) or run(PYTHON, "-c", "import torchvision")
        if not trouble or (not flags and not re.search(r"(?s)Traceback.*torchvision", trouble)):
            break
        print(f"That did not work: {why}.", flush=True)
    if not uv:  # an optional checker that costs every Jupyter process seconds of CPU
        run(PYTHON, "-m", "pip", "uninstall", "-y", "rfc3987-syntax")
    return trouble


def state(mode: str, old: dict) -> dict:
    """What .venv depends on: the pins, its Python and where it is; and what is in it."""
    files = [REPO / "pyproject.toml", REPO / "constraints.txt", VENV / "pyvenv.cfg"]
    pins = b"\0".join([file.read_bytes() for file in files] + [os.fsencode(str(REPO))])
    extras = sorted({*EXTRAS[mode], *old["extras"]})
    return {"key": hashlib.sha256(pins).hexdigest(), "extras": extras}


def unreadable() -> list:
    """Move the .pth files aside that Python cannot read, as it may not start with them."""
    found = []
    folder = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    for file in sorted(VENV.glob(folder + "/*.pth")):
        try:
            file.read_bytes().decode("utf-8-sig")
        except (OSError, ValueError) as error:
            os.replace(str(file), str(file) + ".aside")
            print(f"{file.name} in .venv cannot be read ({error}): now {file.name}.aside.")
            found.append(file.name)
    return found


def not_starting() -> str:
    """Say why the Python of .venv does not start, "" where it does at the first or second try."""
    if not os.path.exists(PYTHON):
        return "its Python is not there"
    trouble = run(PYTHON, "-c", "pass") and run(PYTHON, "-c", "pass")
    return trouble and (cause(trouble) or "it says nothing")


def move_aside(why: str) -> Path:
    """Give an environment that does not start another name; nothing in it is deleted."""
    names = [REPO / f".venv-aside-{number}" for number in range(1, 1000)]
    place = next(path for path in names if not path.exists())
    os.replace(str(VENV), str(place))
    print(f".venv does not start: {why}.")
    print(f"It is kept as {place.name}, to delete when you like; a new .venv is tried.", flush=True)
    return place


def prepare(mode: str) -> None:
    """Make .venv what the pinned versions ask for; leave nothing half-made behind."""
    begun, stamp, old = time.time(), VENV / "neural-sparks.json", {"key": "", "extras": []}
    lost = unreadable()
    why = not_starting()
    usable = not why
    if usable and stamp.exists():
        with contextlib.suppress(ValueError):  # a damaged stamp is no stamp
            old = json.loads(stamp.read_text(encoding="utf-8"))
    if usable and not lost and old == state(mode, old):
        return
    trouble = make(mode, old, why)
    if not trouble:
        stamp.write_text(json.dumps(state(mode, old)), encoding="utf-8")
        print(f"Ready after {time.time() - begun:.0f} s.", flush=True)
    elif not old["key"] or mode != "lab" or run(PYTHON, "-c", "import lessonlib, torchvision"):
        sys.exit(f"Installing failed: {cause(trouble)}.")
    else:
        print(f"New versions not installed ({cause(trouble)}): going on with the old ones.")


def make(mode: str, old: dict, why: str) -> str:
    """Install into .venv, or into a new one where it does not start; return what went wrong."""
    done, aside, trouble = False, None, ""
    if why:
        check_machine()
        if VENV.exists() and any(VENV.iterdir()):
            aside = move_aside(why)
    try:
        if why:
            print(f"Making .venv with Python {platform.python_version()}.", flush=True)
            trouble = run(sys.executable, "-m", "venv", str(VENV))
        else:  # until the end it is neither the old one nor the new one
            changing = json.dumps(dict(old, key="changing"))
            (VENV / "neural-sparks.json").write_text(changing, encoding="utf-8")
        trouble = trouble or install(state(mode, old)["extras"], bool(why))
        done = not trouble
    finally:
        if why and not done:
            shutil.rmtree(str(VENV), ignore_errors=True)
            if aside is not None and not VENV.exists():
                os.replace(str(aside), str(VENV))
                print(f"The old environment is back as .venv, and {aside.name} is gone.")
    return trouble


def start(*command: str) -> int:
    """Hand over to a program of the environment."""
    env = environment()
    env.setdefault("OMP_NUM_THREADS", "1")  # small matrices: more would mostly wait
    with subprocess.Popen([PYTHON, *command], cwd=str(REPO), env=env) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the program answers Ctrl-C itself
                continue


def as_root(words: list) -> list:
    """JupyterLab's option for the account root, which is the usual one in a container."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root or any(re.search("allow.root", word) for word in words):
        return []
    print("You are root, as in a container: JupyterLab is started with --allow-root.", flush=True)
    return ["--allow-root"]


def check(rest: list) -> int:
    """Run pytest with two workers; then once more, alone, for the tests that measure time."""
    pytest = ["-m", "pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
    workers = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder", "--durations=10"]
    status = start(*pytest, *workers, "--timing=without", *rest)
    nothing = 5  # pytest's word for: no test was chosen
    if status not in (0, 1, nothing) or any(word.startswith("--quick") for word in rest):
        return status
    timing = start(*pytest, "--timing=only", *rest)
    if nothing in (status, timing):
        return status if timing == nothing else timing
    return status or timing


def masked(text: str) -> str:
    """A value without passwords and without what follows the host of an address."""
    text = re.sub(r"(\w+://)?\S*@", r"\1***@", text)
    return re.sub(r"(://[^/?#\s]+)[/?#]\S+", r"\1/...", text)


def variables(names: list) -> str:
    """NAME=value of the variables among the names that are set, secrets masked."""
    shown = []
    for name in names:
        if name in os.environ:
            secret = SECRET.search(name.upper())
            shown.append(f"{name}={'***' if secret else masked(os.environ[name])}")
    return ", ".join(shown) or "none"


def see_python() -> str:
    """The Python that runs this file."""
    bits = 64 if sys.maxsize > 2**32 else 32
    fits = (3, 11) <= sys.version_info[:2] <= (3, 14) and bits == 64
    verdict = "fits" if fits else "does not fit: 64 bits, 3.11 to 3.14 wanted"
    return f"{platform.python_version()}, {bits} bits, {sys.executable} ({verdict})"


def see_disk() -> str:
    """The folder and the room in it."""
    free = shutil.disk_usage(str(REPO)).free / 1e9
    writable = "can be written" if os.access(str(REPO), os.W_OK) else "cannot be written"
    needed = f"{CPU_GB + 0.4:.1f} to {FULL_GB + 0.4:.1f} needed once"
    return f"{free:.1f} GB free, {needed}; {REPO} {writable}"


def see_venv() -> str:
    """Whether .venv starts, and what is in it."""
    aside = "".join(f"; also {path.name}" for path in sorted(REPO.glob(".venv-aside-*")))
    if not VENV.exists():
        return "not made yet" + aside
    if not (VENV / "pyvenv.cfg").exists():
        return "is there, but is no Python environment" + aside
    why = not_starting()
    if why:
        return f"does not start: {why}{aside}"
    version = re.search(r"(?m)^version\S* *= *(\S+)", (VENV / "pyvenv.cfg").read_text("utf-8"))
    stamp = VENV / "neural-sparks.json"
    try:
        old = json.loads(stamp.read_text(encoding="utf-8"))
        fresh = "up to date" if old == state("lab", old) else "to be updated at the next start"
        content = f"for {', '.join(old['extras'])}, {fresh}"
    except (OSError, ValueError, LookupError, TypeError):
        content = "not completely installed"
    return f"starts, Python {version.group(1) if version else '?'}, {content}{aside}"


def see_locale() -> str:
    """The encodings of this Python and the variables they come from."""
    files, out = sys.getfilesystemencoding(), getattr(sys.stdout, "encoding", None)
    names = ["LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONIOENCODING"]
    return f"file names {files}, output {out}; {variables(names)}"


def see_proxy() -> str:
    """The proxies that Python finds, in variables or in the system's settings."""
    found = [f"{kind} {masked(address)}" for kind, address in urllib.request.getproxies().items()]
    return ", ".join(sorted(found)) or "none"


def see_index() -> str:
    """Where packages come from, if not from pypi.org: variables, and files that say it."""
    kept = sorted(n for n in os.environ if re.match("UV_|PIP_", n) and STAYS.match(n))
    home, data = Path(os.path.expanduser("~")), Path(os.environ.get("APPDATA", "/nowhere"))
    files = [home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf"),
             home / "Library/Application Support/pip/pip.conf", data / "pip/pip.ini",
             home / ".config/uv/uv.toml", Path("/etc/uv/uv.toml"), data / "uv/uv.toml"]  # fmt: skip
    return "; ".join([variables(kept), *(str(file) for file in files if file.exists())])


def see_kernels() -> str:
    """The kernel specs that Jupyter could find, the foreign ones too."""
    home, named = Path(os.path.expanduser("~")), os.environ.get("JUPYTER_PATH", "")
    foreign = [Path(part) for part in named.split(os.pathsep) if part]
    own = [VENV / "share/jupyter", home / ".local/share/jupyter", home / "Library/Jupyter",
           Path(os.environ.get("APPDATA", "/nowhere")) / "jupyter",
           Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]  # fmt: skip
    found = []
    for folder in foreign + own:
        for file in sorted(folder.glob("kernels/*/kernel.json")):
            try:
                program = "runs " + json.loads(file.read_text(encoding="utf-8"))["argv"][0]
            except (OSError, ValueError, LookupError, TypeError):
                program = "cannot be read"
            use = " (from JUPYTER_PATH: not used)" if folder in foreign else ""
            found.append(f"{file.parent.name} in {folder} {program}{use}")
    return "; ".join(found[:8]) or "none"


def see_browser() -> str:
    """The browser that would open the lessons."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return "none found: open the address that `start.py lab` prints"
    name = getattr(browser, "name", "") or type(browser).__name__
    return f"{name}; {variables(['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'SSH_CONNECTION'])}"


def doctor() -> int:
    """Print on one page what the start depends on; passwords are masked."""
    print("What start.py sees here; passwords are masked. Copy it into a request for help.\n")
    home = os.path.expanduser("~")
    others = ["LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS"]
    others += sorted(name for name in os.environ if name.startswith("LESSONLIB_"))
    looks = (
        ("Python", see_python),
        ("system", lambda: f"{platform.platform()}, {os.cpu_count()} cores"),
        ("disk", see_disk),
        (".venv", see_venv),
        ("not passed on", lambda: variables(steering())),
        ("passed on", lambda: variables(others)),
        ("proxy", see_proxy),
        ("index", see_index),
        ("locale", see_locale),
        ("kernels", see_kernels),
        ("browser", see_browser),
    )
    for title, look in looks:
        try:
            text = look()
        except Exception as error:  # a page with one line missing is better than none
            text = f"could not be seen ({type(error).__name__}: {error})"
        line = f"{title:<15}{' '.join(text.split())}"
        print(line.replace(home, "~") if len(home) > 3 else line)
    return 0


def main(arguments: list) -> int:
    """Run one of the commands."""
    mode, rest = (arguments or ["help"])[0], arguments[1:]
    if mode == "doctor":
        return doctor()
    if mode not in EXTRAS:
        print(__doc__.strip())
        return 0 if mode in ("help", "-h", "--help") else 2
    named = [name for name in steering() if name not in USUAL]
    if named:
        print(f"Not passed on, as it could lead elsewhere: {', '.join(named)}.", flush=True)
    prepare(mode)
    if mode == "test":
        return check(rest)
    if start("-m", "lessonlib", "copies", "--make"):
        return 1
    page = "--LabApp.default_url=/lab/tree/my/00_start_here.ipynb"
    where = f"--ServerApp.root_dir={REPO}"
    return start("-m", "jupyterlab", where, page, *as_root(rest), *rest)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot write is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on from here.")
    except (OSError, ValueError) as error:
        sys.exit(f"Stopped: {error}.")
