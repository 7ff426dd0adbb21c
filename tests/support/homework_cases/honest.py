"""Honest work in many styles: full marks, or the marks it deserves."""

from homework_cases.edit import Case, added, answer, cell_of, code, place

UPDATE = """def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        return weight + y * x, bias + y
    return weight, bias
"""


def _helper_below(nb):
    cell_of(nb, "01.2")["source"] = (
        "def update(weight, bias, x, y):\n    return step(weight, bias, x, y)"
    )
    nb["cells"].append(code(UPDATE.replace("def update", "def step")))
    return nb


def _stale_outputs(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 99
            cell["outputs"] = [
                {"output_type": "error", "ename": "ValueError", "evalue": "old", "traceback": []},
                {"output_type": "stream", "name": "stderr", "text": "old\n"},
            ]
    return nb


def _set_up_changed(nb):
    nb["cells"][1]["source"] = "import math\nimport numpy as np\nfrom lessonlib import check"
    cell_of(nb, "01.5")["source"] = (
        "def bound(X, y, direction):\n"
        "    u = direction / math.sqrt(direction @ direction)\n"
        "    return np.max(np.sum(X**2, axis=1)) / np.min(y * (X @ u)) ** 2"
    )
    return nb


def _answer_in_the_check(nb):
    stub = nb["cells"][place(nb, "ex-01-2")]["source"].split("\n")[0]
    cell_of(nb, "01.2")["source"] = f"{stub}\n    raise NotImplementedError"
    cell_of(nb, "01.2", "check")["source"] = UPDATE + 'check("01.2", update)'
    return nb


def _helper_in_the_check(nb):
    cell_of(nb, "01.2")["source"] = (
        "def update(weight, bias, x, y):\n    return step(weight, bias, x, y)"
    )
    source = UPDATE.replace("def update", "def step") + 'check("01.2", update)'
    cell_of(nb, "01.2", "check")["source"] = source
    return nb


def _written_and_imported(nb):
    at = place(nb, "ex-01-2")
    nb["cells"][at]["source"] = (
        "from helper import step\n\ndef update(weight, bias, x, y):\n"
        "    return step(weight, bias, x, y)"
    )
    file = "%%writefile helper.py\nimport numpy as np\n" + UPDATE.replace("update", "step")
    nb["cells"].insert(at, code(file, "file"))
    return nb


def _old_format(nb):
    for cell in nb["cells"]:
        del cell["id"]
        cell["source"] = cell["source"].splitlines(keepends=True)
    return nb | {"nbformat_minor": 2}


def _written(nb):
    nb["cells"][place(nb, "why-01-1")]["source"] = "The border pixels are always 0."
    return nb


CASES = [
    Case("the reference", lambda nb: nb),
    Case("a loop instead of arrays", answer("01.1", """
def neuron(X, weight, bias):
    out = []
    for row in X:
        out.append(1 if sum(a * b for a, b in zip(row, weight)) + bias > 0 else -1)
    return np.array(out)""")),
    Case("floats for labels", answer("01.1", """
def neuron(X, weight, bias):
    return np.where(X @ weight + bias > 0, 1.0, -1.0)""")),
    Case("a small integer type", answer("01.1", """
def neuron(X, weight, bias):
    return np.where(X @ weight + bias > 0, 1, -1).astype(np.int8)""")),
    Case("a lambda", answer("01.2", """
update = lambda w, b, x, y: (w + y * x, b + y) if y * (w @ x + b) <= 0 else (w, b)""")),
    Case("an object that can be called", answer("01.2", """
class Update:
    def __call__(self, weight, bias, x, y):
        wrong = y * (weight @ x + bias) <= 0
        return (weight + y * x, bias + y) if wrong else (weight, bias)

update = Update()""")),
    Case("functools.partial", answer("01.2", """
from functools import partial

def general(rate, weight, bias, x, y):
    wrong = y * (weight @ x + bias) <= 0
    return (weight + rate * y * x, bias + rate * y) if wrong else (weight, bias)

update = partial(general, 1)""")),
    Case("one exercise built on another", answer("01.3", """
def one_pass(weight, bias, X, y):
    count = 0
    for k in range(len(X)):
        new, bias_new = update(weight, bias, X[k], y[k])
        count += bool(np.any(new != weight) or bias_new != bias)
        weight, bias = new, bias_new
    return weight, bias, count""")),
    Case("a helper below its use", _helper_below),
    Case("letters of all alphabets", answer("01.1", """
def neuron(X, weight, bias):
    größe = X @ weight + bias  # 分数 → Σ 🙂
    return np.where(größe > 0, 1, -1)""")),
    Case("warnings on the way", answer("01.1", """
import warnings

def neuron(X, weight, bias):
    warnings.warn("nearly there")
    np.array([1.0]) / 0
    return np.where(X @ weight + bias > 0, 1, -1)""")),
    Case("warnings made errors", added('import warnings\nwarnings.simplefilter("error")')),
    Case("text on both streams", answer("01.1", """
import sys

def neuron(X, weight, bias):
    print("looking", X.shape)
    print("at errors", file=sys.stderr)
    return np.where(X @ weight + bias > 0, 1, -1)
print("note", file=sys.stderr)""")),
    Case("outputs of an older run", _stale_outputs),
    Case("magics and shell lines", added(
        "%matplotlib inline\n%time x = 1\n!ls /nowhere\nnp.mean?\n%unknown_magic 3")),
    Case("a cell magic around the answer", answer("01.2", "%%time\n" + UPDATE)),
    Case("a cell magic of an extension", answer("01.2", "%%memit -r 1\n" + UPDATE)),
    Case("%reset -f", added("%reset -f")),
    Case("%reset -f above an answer", answer("01.2", "%reset -f\n" + UPDATE)),
    Case("%config and %matplotlib above an answer", answer(
        "01.2", "%config InlineBackend.figure_format = 'retina'\n%matplotlib widget\n"
        "%load_ext nobody_has_it\n%autoreload 2\n%lprun 3\n" + UPDATE)),
    Case("installations above an answer", answer(
        "01.2", "!pip install -q torch\n%pip install torch\n!python -m pip install torch\n"
        "!conda install numpy\n%conda install numpy\n!apt-get install git\n" + UPDATE)),
    Case("a file written and imported", _written_and_imported),
    Case("namedtuples", answer("01.2", """
from typing import NamedTuple

class Line(NamedTuple):
    weight: np.ndarray
    bias: float

def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        return Line(weight + y * x, bias + y)
    return Line(weight, bias)""")),
    Case("own kinds of lists, numbers and arrays", answer("01.2", """
from collections import UserList, deque

class Weight(np.ndarray):
    pass

class Bias(float):
    pass

class Row(list):
    pass

def update(weight, bias, x, y):
    if y * (weight @ x + bias) > 0:
        return UserList([weight, Bias(bias)])
    return Row([(weight + y * x).view(Weight), Bias(bias + y)])""")),
    Case("labels as an enumeration", answer("01.1", """
from collections import deque
from enum import IntEnum

class Label(IntEnum):
    NO = -1
    YES = 1

def neuron(X, weight, bias):
    return deque(Label.YES if z > 0 else Label.NO for z in X @ weight + bias)""")),
    Case("questions about tensors around NumPy code", answer("01.1", """
import torch
from torch import Tensor, nn

@torch.no_grad()
def neuron(X: torch.Tensor | np.ndarray, weight: "Tensor", bias) -> np.ndarray | Tensor:
    if isinstance(X, torch.Tensor) or isinstance(X, (Tensor, nn.Module)) or torch.is_tensor(X):
        X = X.numpy()
    torch.manual_seed(0)
    with torch.no_grad():
        return np.where(X @ weight + bias > 0, 1, -1)""")),
    Case("the version of torch, and whether it has a graphics card", answer("01.1", """
import torch
print(torch.__version__, torch.__version__ >= "1.9")
torch.cuda.manual_seed_all(0)

def neuron(X, weight, bias):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.autocast(str(device)):
        return np.where(X @ weight + bias > 0, 1, -1)""")),
    Case("decorators of torch around NumPy code", answer("01.2", "import torch\n"
         "@torch.compile\n@torch.inference_mode()\n@torch.no_grad()\n" + UPDATE)),
    Case("an answer typed into the check's cell", _answer_in_the_check, note="changed"),
    Case("a helper typed into the check's cell", _helper_in_the_check, note="changed"),
    Case("await at the top", added("import asyncio\nawait asyncio.sleep(0)")),
    Case("a figure", added("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")),
    Case("an added cell that fails", added("undefined_name + 1")),
    Case("an added cell that asks", added('name = input("who? ")')),
    Case("torch next to the answer", added("import torch\nt = torch.ones(3) * 2\nprint(t)")),
    Case("a subclass of torch's module", added(
        "import torch.nn as nn\nclass Net(nn.Module):\n    def forward(self, x):\n"
        "        return x")),
    Case("help of the lesson asked for", added(
        'hint("01.1")\nsolution("01.1")\ncheck("01.1", len)')),
    Case("a name of a given cell", answer("01.1", """
def neuron(X, weight, bias):
    return np.where(X @ weight + bias > offsets[0], 1, -1)"""), note="whole notebook"),
    Case("a changed set-up cell", _set_up_changed),
    Case("star import", added("from numpy import *\nfrom math import *")),
    Case("a number of NumPy's", answer("01.5", """
def bound(X, y, direction):
    u = direction / np.linalg.norm(direction)
    r = np.linalg.norm(X, axis=1).max()
    return np.array((r / (y * (X @ u)).min()) ** 2)""")),
    Case("format of older tools", _old_format),
    Case("Windows line ends", lambda nb: answer("01.2", UPDATE.replace("\n", "\r\n"))(nb)),
    Case("an answer in words", _written, note=""),
    Case("random numbers drawn first", added("np.random.seed(1); np.random.rand(5)")),
    Case("a list instead of an array", answer("01.1", """
def neuron(X, weight, bias):
    return [1 if z > 0 else -1 for z in X @ weight + bias]""")),
    Case("one point too few, in loops", answer("01.4", """
def averaged(X, y, passes):
    w, b, lines = np.zeros(X.shape[1]), 0.0, []
    for p in range(passes):
        for k in range(len(X) - 1):
            if y[k] * (X[k] @ w + b) <= 0:
                w = w + y[k] * X[k]
                b = b + y[k]
            lines.append([*w, b])
    mean = np.mean(lines, axis=0)
    return mean[:-1], mean[-1]"""),
         {"01.4": 0}, says={"01.4": "line 5, .*; look at what is too much"}),
    Case("no return", answer("01.4", "def averaged(X, y, passes):\n    total = 0"),
         {"01.4": 0}, says={"01.4": "return"}),
    Case("changes its argument", answer("01.2", """
def update(weight, bias, x, y):
    if y * (weight @ x + bias) <= 0:
        weight += y * x
        bias += y
    return weight, bias""")),
    Case("a known mistake", answer("01.2", UPDATE.replace("<=", "<")),
         {"01.2": "part"}, says={"01.2": "must count as a mistake"}),
    Case("another known mistake", answer("01.4", """
def averaged(X, y, passes):
    weight, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(passes):
        for x, label in zip(X, y):
            if label * (weight @ x + bias) <= 0:
                weight, bias = weight + label * x, bias + label
    return weight, bias"""), {"01.4": "part"}, says={"01.4": "last line"}),
    Case("the bug half repaired", answer("01.6", """
def which_digit(X, W, b):
    return (X @ W.T).argmax(axis=1)"""), {"01.6": "part"}, says={"01.6": "bias"}),
    Case("an error in some cases", answer("01.1", """
def neuron(X, weight, bias):
    if len(X) == 1:
        raise ValueError("one row only")
    return np.where(X @ weight + bias > 0, 1, -1)"""), {"01.1": "part"}, says={"01.1": "one row"}),
]  # fmt: skip
