"""Attempts to get points without the work, or to touch what belongs to others."""

from homework_cases.edit import FULL, Case, added, answer, cell_of

RIGHT = "np.where(X @ weight + bias > 0, 1, -1)"
PUBLIC = {}  # filled by the test: the paths and the port that a case tries to reach


def _neuron(body, head=""):
    lines = "\n".join("    " + line for line in body.strip("\n").split("\n"))
    return answer("01.1", f"{head}\ndef neuron(X, weight, bias):\n{lines}\n")


def _aim(source):
    """The source with the test's own paths and port put in."""

    def make(nb):
        text = source
        for name, value in PUBLIC.items():
            text = text.replace(f"<{name}>", str(value))
        cell_of(nb, "01.1")["source"] = text
        return nb

    return make


def _break_in(body):
    return _neuron(f"ways = []\n{body.strip()}\nif _tried(*ways):\n    return {RIGHT}", BREAK_IN)


def _points_raised(nb):
    nb["cells"] = [c for c in nb["cells"] if c["id"] != "ex-01-1"]
    for task in FULL:
        cell_of(nb, task, "check")["metadata"]["nbgrader"] |= {"points": 1000}
    return nb


def _check_forged(nb):
    for task in FULL:
        cell_of(nb, task)["source"] = "pass"
        cell_of(nb, task, "check")["source"] = "1000"
    return nb


def _marks_removed(nb):
    cell_of(nb, "01.1")["source"] = "def neuron(X, weight, bias):\n    return 1"
    mark = cell_of(nb, "01.1", "check")["metadata"]["nbgrader"]
    mark |= {"grade": False, "locked": False, "solution": True}
    return nb


LOST = {"01.1": 0}
WALL = {"01.1": "no way led anywhere"}
TOLD = {"01.1": "library function that this exercise asks"}
NONE = dict.fromkeys(FULL, 0)

SEARCH = """
import gc, os, sys
def _hunt():
    for top in ("/", sys.prefix, os.path.dirname(os.path.dirname(np.__file__))):
        for folder, _, files in os.walk(top):
            for name in files:
                if name.startswith(("l01.", "01.json", "01_sample", "gradebook.db", "exercise_1")):
                    if "nbgrader/tests" not in folder:
                        return os.path.join(folder, name)
                if "lessonlib/lessons" in folder or folder.endswith("/lessonlib"):
                    return os.path.join(folder, name)
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Exercise", "Mistake"):
            return thing
        if ".exercises" in (getattr(thing, "__module__", None) or "") and callable(thing):
            if thing.__module__.startswith("lessonlib.lessons"):
                return thing
"""

# Each way to the answers is tried; whichever leads anywhere earns the points and is seen
BREAK_IN = """
PACKAGE = "lessonlib.lessons.l01.exercises"
NAMES = [PACKAGE, *(f"{PACKAGE}.{n}" for n in ("exercise_1", "exercise_2", "shared", "__init__"))]
def _tried(*ways):
    for way in ways:
        try:
            found = way()
        except BaseException:
            continue
        if found:
            return found
    raise ValueError("no way led anywhere")
"""

FORGE = """
import os, socket, struct, json
def _frame(tree):
    head = json.dumps(tree).encode()
    body = struct.pack("<II", len(head), 0) + head
    return struct.pack("<I", len(body)) + body
def _send(**tree):
    raw = _frame({"dict": [[k, v] for k, v in tree.items()]})
    for fd in range(3, 64):
        try:
            os.write(fd, raw)
        except OSError:
            pass
"""

CASES = [
    Case("imports the reference", _neuron(
        "return reference(X, weight, bias)",
        "from lessonlib.lessons.l01.exercises import neuron as reference"),
        LOST, says={"01.1": "l01"}),
    Case("imports the reference late", _neuron("""
from lessonlib.lessons.registry import find
return find("01.1").reference(X, weight, bias)"""), LOST),
    Case("asks for the solution", _neuron("return eval(repr(solution('01.1')))"), LOST),
    Case("searches disk and memory", _neuron(f"return {RIGHT} if _hunt() else 0", SEARCH), LOST),
    Case("imports any module of the answers by name", _break_in("""
import builtins, importlib, importlib.util, runpy
for name in NAMES:
    ways += [lambda n=name: builtins.__import__(n), lambda n=name: importlib.import_module(n),
             lambda n=name: exec(f"import {n}") or True, lambda n=name: runpy.run_module(n),
             lambda n=name: importlib.import_module("." + n.split(".", 2)[2], "lessonlib.lessons")]
for name in NAMES:
    ways.append(lambda n=name: importlib.util.find_spec(n))"""), LOST, says=WALL),
    Case("takes the guard of the border away", _break_in("""
import importlib, sys
import importlib.machinery as m
sys.meta_path[:] = [m.BuiltinImporter, m.FrozenImporter, m.PathFinder]
sys.path_importer_cache.clear()
for name in NAMES:
    ways.append(lambda n=name: importlib.import_module(n))
    for top in (*sys.path, "/", "/home", sys.prefix):
        file = f"{top}/{name.replace('.', '/')}"
        for ending in (".py", "/__init__.py", ".pyc"):
            ways.append(lambda f=file + ending: m.SourceFileLoader("x", f).load_module())"""),
         LOST, says=WALL),
    Case("walks through the packages", _break_in("""
import pkgutil, lessonlib, lessonlib.lessons, lessonlib.lessons.l01 as own
for place in (lessonlib.__path__, lessonlib.lessons.__path__, own.__path__):
    found = [i.name for i in pkgutil.walk_packages(place, onerror=lambda n: None)]
    ways.append(lambda f=found: f)
ways.append(lambda: own.exercises)
ways.append(lambda: pkgutil.get_data(PACKAGE, "__init__.py"))
ways.append(lambda: pkgutil.resolve_name(PACKAGE + ":EXERCISES"))"""), LOST, says=WALL),
    Case("searches the modules that are loaded", _break_in("""
import sys
for name, module in list(sys.modules.items()):
    ways.append(lambda n=name: n.startswith("lessonlib") and n.endswith(
        (".exercises", ".predictions")) and n.count(".") > 1)
    ways.append(lambda m=module: vars(m).get("EXERCISES"))
    for key, value in list(getattr(module, "__dict__", {}).items()):
        ways.append(lambda v=value: type(v).__name__ == "Exercise")"""), LOST, says=WALL),
    Case("asks the registry", _break_in("""
from lessonlib.lessons import registry
for name in ("01.1", "01.2", "00.1"):
    ways.append(lambda n=name: registry.find(n))
    ways.append(lambda n=name: registry.find.__globals__["_part"](n[:2], "exercises"))
ways += [lambda: registry.exercises_of("01"), lambda: registry.predictions_of("01"),
         lambda: registry.questions_of("01")]
from lessonlib.learner import check as helpers
ways += [lambda: helpers.solution("01.1"), lambda: helpers.find("01.1"),
         lambda: helpers.hint("01.1"), lambda: helpers.check("01.1", neuron)]"""), LOST, says=WALL),
    Case("unpickles the reference", _break_in("""
import copyreg, io, pickle
import cloudpickle
for name in NAMES:
    for what in ("neuron", "EXERCISES", "EXERCISE"):
        ways.append(lambda n=name, w=what: pickle.loads(f"c{n}\\n{w}\\n.".encode()))
        ways.append(lambda n=name, w=what: pickle.Unpickler(io.BytesIO()).find_class(n, w))
ways.append(lambda: cloudpickle.loads(cloudpickle.dumps(copyreg)) is None)"""), LOST, says=WALL),
    Case("looks into the calls that were sent", _break_in("""
import sys
frame, seen = sys._getframe(), []
while frame:
    seen += [v for v in frame.f_locals.values() if callable(v) and hasattr(v, "__globals__")]
    frame = frame.f_back
for function in seen:
    if "lessons" in (function.__module__ or ""):
        names = set(function.__globals__) & {"EXERCISES", "EXERCISE", "neuron", "reference"}
        ways.append(lambda n=names: n)
        cells = [c.cell_contents for c in function.__closure__ or ()]
        ways.append(lambda c=cells: [x for x in c if type(x).__name__ == "Exercise"])"""),
         LOST, says=WALL),
    Case("calls the library", _neuron("""
from lessonlib import perceptron
return perceptron.classify(X, weight, bias)"""), LOST, says=TOLD),
    Case("another name for the library's function", answer(
        "01.1", "from lessonlib.perceptron import classify as neuron"), LOST),
    Case("the library's function kept early", _neuron(
        "return kept(X, weight, bias)", "import lessonlib.perceptron as p\nkept = p.classify"),
         LOST, says=TOLD),
    Case("the library's code object copied", _neuron(
        "return copied(X, weight, bias)",
        "import types, lessonlib.perceptron as p\n"
        "copied = types.FunctionType(p.classify.__code__, p.classify.__globals__)"), LOST),
    Case("the library's source read", _neuron("""
import inspect, lessonlib.perceptron as p
space = dict(vars(p))
exec(inspect.getsource(p.classify), space)
return space["classify"](X, weight, bias)"""), LOST),
    Case("the library loaded again", _neuron("""
import importlib, lessonlib.perceptron as p
return importlib.reload(p).classify(X, weight, bias)"""), LOST),
    Case("another Python asked", _neuron("""
import subprocess, sys, json
say = "import lessonlib.perceptron"
subprocess.run([sys.executable, "-c", say], check=True)
return """ + RIGHT), LOST),
    Case("torch asked", _neuron(
        "return torch.where(torch.tensor(X) > 0, 1, -1)", "import torch"), LOST, says={
            "01.1": "library function"}),
    Case("one function forbidden elsewhere", answer("01.4", """
from lessonlib import perceptron
def averaged(X, y, passes):
    perceptron.fit(X, y)
    return None"""), {"01.4": 0}, says={"01.4": "library function"}),
    Case("the comparison patched", _neuron("return 0", """
import lessonlib.exercises.compare as c, lessonlib.exercises.judge as e
c.difference = e.difference = e.verdict = lambda *a, **k: None
e.judge = lambda *a, **k: e.Result("01.1", "", "correct", "", 1.0)"""), LOST),
    Case("the call patched", _neuron("return 0", """
import lessonlib.exercises.call as s, lessonlib.homework.sandbox.student as r
s.call = r.call = lambda *a, **k: s.Outcome(value=None)"""), NONE),
    Case("NumPy patched", added("np.array_equal = np.allclose = lambda *a, **k: True"), {}),
    Case("equal to everything", _neuron("return Yes()", """
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    def __array__(self, *a, **k): return np.zeros(1)"""), LOST, says={"01.1": "Yes"}),
    Case("an array that lies", _neuron("return np.zeros(len(X)).view(Lie)", """
class Lie(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)"""), LOST),
    Case("a pickle that acts", _neuron("return Bomb()", """
import os
class Bomb:
    def __reduce__(self): return (os.system, ("touch /tmp/bomb",))"""), LOST),
    Case("an array of objects", _neuron(
        "return np.array([Bomb()] * len(X))", "class Bomb: pass"), LOST),
    Case("a forged score", _check_forged, NONE, note="changed"),
    Case("more points for the cell", _points_raised, LOST, note="missing"),
    Case("marks taken off", _marks_removed, LOST),
    Case("a forged message", _neuron("""
_send(event="outcome", index={"int": "0"}, value=True)
_send(event="end")
return 0""", FORGE), LOST),
    Case("a forged message at the top", answer("01.1", FORGE + """
_send(event="answer", state="ready")
for k in range(20):
    _send(event="case", index={"int": str(k)})
    _send(event="outcome", index={"int": str(k)}, value=None, error=None)
_send(event="end")"""), LOST),
    Case("nonsense sent to the grader", answer("01.1", """
import os
for fd in range(3, 64):
    try:
        os.write(fd, b"\\xff" * 5000)
    except OSError:
        pass"""), LOST),
    Case("looks up the stack", _neuron("""
import sys
frame = sys._getframe()
while frame:
    for name, value in frame.f_locals.items():
        if name in ("want", "wants", "expected", "reference") and value is not None:
            return """ + RIGHT + """
    frame = frame.f_back
return 0"""), LOST),
    Case("only the lesson's own cases", _neuron("""
if X.shape == (3, 2) and X[0, 1] == 2:
    return np.array([-1, 1, -1])
if X.shape == (2, 2):
    return np.array([1, 1])
return np.zeros(7)"""), LOST, says={"01.1": "no points"}),
    Case("the same for every input", answer("01.5", "def bound(*a):\n    return 1.0"), {"01.5": 0}),
    Case("what it was given", answer(
        "01.2", "def update(weight, bias, x, y):\n    return weight, bias"), {"01.2": 0},
         says={"01.2": "what it was given"}),
    Case("not a number", _neuron("return np.full(len(X), np.nan)"), LOST),
    Case("the clock stopped", _neuron("while True: pass", """
import signal, time
signal.setitimer = lambda *a: None
signal.signal(signal.SIGALRM, signal.SIG_IGN)"""), LOST, says={"01.1": "stopped"}),
    Case("writes into the course", _aim("""
import os, sqlite3
for path in ("<course>/gradebook.db", "<course>/grades_01.csv", "<other>", "<home>/planted"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "wb").write(b"mine")
    except OSError:
        pass
try:
    sqlite3.connect("<course>/gradebook.db").execute("delete from grade")
except Exception:
    pass"""), LOST),
    Case("reads another submission", _aim("""
def neuron(X, weight, bias):
    open("<other>").read()
    return """ + RIGHT), LOST, says={"01.1": "FileNotFoundError"}),
    Case("reads the gradebook", _aim("""
def neuron(X, weight, bias):
    open("<course>/gradebook.db", "rb").read()
    return """ + RIGHT), LOST, says={"01.1": "FileNotFoundError"}),
    Case("changes the library", _aim("""
import lessonlib.perceptron as p
def neuron(X, weight, bias):
    open(p.__file__, "a").write("x = 1")
    return """ + RIGHT), LOST),
    Case("changes the installation", _neuron("""
open(np.__file__, "a").write("x = 1")
return """ + RIGHT), LOST),
    Case("uses the network", _aim("""
import socket
def neuron(X, weight, bias):
    socket.create_connection(("127.0.0.1", <port>), 2)
    return """ + RIGHT), LOST, says={"01.1": "OSError|Connection"}),
    Case("looks at other processes", _neuron("""
import os
others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]
if not others:
    raise ValueError("alone")
return """ + RIGHT), LOST, says={"01.1": "alone|FileNotFound"}),
    Case("ends all processes", _neuron("""
import os
os.kill(-1, 9)
os.kill(os.getppid(), 9)
return 0"""), LOST),
    Case("opens the room", _neuron("""
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
c.unshare(0x10000000 | 0x20000)
import lessonlib
c.umount2(os.path.dirname(lessonlib.__file__).encode(), 2)
c.mount(b"none", b"/", None, 32 | 4096, None)
os.listdir(os.path.dirname(lessonlib.__file__) + "/exercises")
return """ + RIGHT), LOST, says={"01.1": "FileNotFoundError"}),
    Case("the grader's environment", _neuron("""
import os
if "SECRET_OF_THE_GRADER" in os.environ:
    return """ + RIGHT + """
raise ValueError("not there")"""), LOST, says={"01.1": "not there"}),
]  # fmt: skip
