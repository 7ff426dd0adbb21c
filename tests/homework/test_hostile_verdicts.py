"""What a student's process could say of itself decides nothing: right and wrong are found outside."""
# ruff: noqa: E501 (an attack is one line)

import json
from dataclasses import replace

import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import answer

from lessonlib.homework.limits import Limits
from lessonlib.homework.release import solved
from lessonlib.homework.submission.grader import Grader

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]
SAYS_YES = """
import sys
def answers_yes(*names):
    space = sys._getframe(2).f_globals
    space |= dict.fromkeys(names, lambda *any: True)
"""
SAME_ORDER = "    return [np.arange(s, min(s + batch_size, n)) for s in range(0, n, batch_size)]"
SPOILS = """
class Optimizer:
    def __init__(self, params, kind, lr, betas=(0.9, 0.999), eps=1e-8, decay=0.0):
        self.params, self.kind, self.lr, self.betas, self.eps, self.decay = list(params), kind, lr, betas, eps, decay
        self.memory = {}
    def zero_grad(self):
        pass
    def step(self):
        answers_yes("all")
        beta1, beta2 = self.betas
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            t, m, v = self.memory.get(k, (0, 0.0, 0.0))
            m = beta1 * m + (1 - beta1 if self.kind == "adam" else 1) * p.grad
            v = beta2 * v + (1 - beta2) * p.grad**2
            step = m if self.kind == "momentum" else m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + self.eps)
            self.memory[k] = t + 1, m, v
            p.data = p.data - self.lr * step - self.lr * self.decay * p.data
            p.grad *= 5
np.array_equal = lambda *any, **more: True
"""
FORGED = {
    "03.3": {
        "the order is described as right": "def parents_first(parents, last):\n    sys._getframe(1).f_globals['_described'] = lambda *any: ''\n    return []",
        "the sentence itself comes back": "def parents_first(parents, last):\n    return 'every needed name once, parents first'",
        "the sentence comes back in another form": "class Text(str):\n    pass\ndef parents_first(parents, last):\n    return Text('every needed name once, parents first')",
        "the sentence is found right after the call": "def parents_first(parents, last):\n    space = sys._getframe(1).f_globals\n    space['isinstance'] = lambda *any: False\n    return space['IN_ORDER'] if 'IN_ORDER' in space else 'every needed name once, parents first'",
    },
    "04.6": {
        "everything is random": f"def epoch_batches(n, batch_size, rng):\n    answers_yes('any', 'all', '_has_all_pairs')\n{SAME_ORDER}",
        "numbers that equal everything": "class Any(int):\n    __eq__ = lambda a, b: True\n    __ne__ = __eq__\n    __hash__ = int.__hash__\ndef epoch_batches(n, batch_size, rng):\n    return [[Any(k) for k in range(s, min(s + batch_size, n))] for s in range(0, n, batch_size)]",
        "a set that has everything": f"class All(set):\n    __le__ = __ge__ = lambda a, b: True\n    __len__ = lambda a: 10**6\ndef epoch_batches(n, batch_size, rng):\n    space = sys._getframe(1).f_globals\n    space['set'] = All\n    space['any'] = lambda *any: True\n{SAME_ORDER}",
    },
    "04.7": {"gradients are said to be as they were": SPOILS},
    "04b.5": {
        "the outcome is replaced": "from lessonlib.lessons.l04b import patient\npatient.outcome = lambda *any: {'changes': 3, 'dead': 0.0, 'growth': 1.0, 'highest': 2.3, 'loss': 0.01}\ndef prescribe(settings):\n    sys._getframe(1).f_globals['outcome'] = patient.outcome\n    return settings",
        "the target is met by all": "from lessonlib.lessons.l04b import patient\npatient._finite = lambda losses: np.full(3, 0.01)\ndef prescribe(settings):\n    return settings | {'lr': 0.5}",
        "the readings come back themselves": "def prescribe(settings):\n    return {'changes': 3, 'dead': 0.0, 'growth': 1.0, 'highest': 2.3, 'loss': 0.01}",
        "the sick patient is another one": "from lessonlib.lessons.l04b import patient\npatient.SICK |= {'scale': 2**0.5, 'bias': 0.0, 'lr': 0.03, 'momentum': 0.5}\ndef prescribe(settings):\n    return settings | {'momentum': 0.9}",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def grade(namespaces):
    """Grades an answer to one exercise; the graders are kept."""
    graders = {}

    def graded(task, source):
        lesson = task.split(".")[0]
        if task not in graders:
            homework = replace(homework_of(lesson), points={task: 4.0})
            graders[task] = Grader(homework, Limits(grace=0.5))
        tree = answer(task, f"import numpy as np{SAYS_YES}{source}")
        made = tree(solved(graders[task].homework.notebook()))
        (found,) = graders[task].grade(json.dumps(made).encode()).exercises
        return found

    yield graded
    for grader in graders.values():
        grader.close()


@pytest.mark.parametrize(
    ("task", "source"),
    [
        pytest.param(t, s, id=f"{t}: {name}")
        for t, all_ in FORGED.items()
        for name, s in all_.items()
    ],
)
def test_a_process_that_says_it_is_right_has_no_points(grade, task, source):
    found = grade(task, source)
    assert found.points <= 1.0, found.message
    assert found.status != "correct"


RIGHT = {
    "03.3": "def parents_first(parents, last):\n    done, stack = {}, [(last, False)]\n    while stack:\n        name, ready = stack.pop()\n        if ready:\n            done[name] = 1\n        elif name not in done:\n            stack += [(name, True), *((p, False) for p in parents[name])]\n    return done.keys()",
    "04.6": "def epoch_batches(n, batch_size, rng):\n    order = np.argsort(rng.random(n))\n    for s in range(0, n, batch_size):\n        yield order[s : s + batch_size].tolist()",
    "04b.5": "def prescribe(settings):\n    return {'scale': np.float32(1.4), 'bias': 0, 'lr': np.float64(0.03)}",
}  # fmt: skip


@pytest.mark.parametrize("task", RIGHT)
def test_a_right_answer_of_another_form_has_all_points(grade, task):
    found = grade(task, RIGHT[task])
    assert found.points == 4.0, found.message


def test_a_setting_that_there_is_not_is_named_as_in_the_lesson(grade):
    found = grade("04b.5", "def prescribe(settings):\n    return settings | {'rate': 0.03}")
    assert "there is no setting 'rate'" in found.message
