"""Code that does not end, takes too much, or takes its process down."""

import subprocess

from homework_cases.edit import Case, added, answer, cell_of

LEFT_BEHIND = "86399.25"  # seconds asked of `sleep`: recognisable among all processes

SWALLOW = """
import time
while True:
    try:
        while True:
            time.sleep(0.01)
    except BaseException:
        pass
"""


def _sleepers():
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return any(line.startswith(f"sleep {LEFT_BEHIND}") for line in listing.stdout.splitlines())


def _indent(source):
    return source.replace("\n", "\n    ")


def _after_definition(source):
    def make(nb):
        cell_of(nb, "01.2")["source"] += "\n" + source
        return nb

    return make


def _neuron(body):
    return answer("01.1", "def neuron(X, weight, bias):" + _indent("\n" + body))


CASES = [
    Case("a loop in an answer", _neuron("while True:\n    pass"), {"01.1": 0},
         says={"01.1": "stopped"}),
    Case("a loop that swallows interrupts", _neuron(SWALLOW), {"01.1": 0},
         says={"01.1": "stopped"}),
    Case("a loop in some cases", _neuron("""
while len(X) == 30:
    pass
return np.where(X @ weight + bias > 0, 1, -1)"""), {"01.1": "part"}, says={"01.1": "stopped"}),
    Case("a long sleep", _neuron("import time\ntime.sleep(10**6)"), {"01.1": 0}),
    Case("a loop at the top of an added cell", added("while True:\n    pass")),
    Case("a swallowing loop in an added cell", added(SWALLOW), note="ended its process"),
    Case("a swallowing loop below an answer", _after_definition(SWALLOW), note="definitions"),
    Case("a loop inside C", added("sum(range(10**12))")),
    Case("endless recursion", _neuron("return neuron(X, weight, bias)"), {"01.1": 0},
         says={"01.1": "RecursionError"}),
    Case("recursion in C", _neuron("""
import sys
sys.setrecursionlimit(10**8)
def deep(a):
    return [deep([a])]
deep(0)"""), {"01.1": 0}),
    Case("a flood of output", added("for k in range(300_000):\n    print('x' * 100)")),
    Case("one very long line", added("print('x' * 10**8)")),
    Case("a flood below Python", added(
        "import os\nfor _ in range(2000):\n    os.write(1, b'x' * 10**5)\n"
        "    os.write(2, b'x' * 10**5)")),
    Case("a flood from a program", added("!yes | head -c 100000000")),
    Case("a very large array", _neuron("return np.ones(10**11)"), {"01.1": 0},
         says={"01.1": "memory|Memory"}),
    Case("memory without end", _neuron("""
kept = []
while True:
    kept.append(bytearray(10**8))"""), {"01.1": 0}),
    Case("memory in an added cell", added("kept = [bytearray(10**8) for _ in range(10**4)]")),
    Case("a very large answer", _neuron("return np.zeros(30_000_000)"), {"01.1": 0}),
    Case("a disk filled", added("""
for k in range(50):
    with open(f"big{k}", "wb") as f:
        f.write(bytes(10**7))""")),
    Case("processes left behind", added(f"""
import subprocess
for _ in range(3):
    subprocess.Popen(["sleep", "{LEFT_BEHIND}"], start_new_session=True)"""), leaves=_sleepers),
    Case("a daemon left behind", added(f"""
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{LEFT_BEHIND}"])
    os._exit(0)"""), leaves=_sleepers),
    Case("processes without end", added("""
import os
for _ in range(10_000):
    try:
        if os.fork() == 0:
            import time
            time.sleep(1000)
    except OSError:
        break""")),
    Case("threads left running", added("""
import threading
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()""")),
    Case("exit() in a cell", added("exit()")),
    Case("sys.exit in a cell", added("import sys\nsys.exit(3)")),
    Case("raise SystemExit in an answer", _neuron("raise SystemExit"), {"01.1": 0},
         says={"01.1": "exit"}),
    Case("os._exit in a cell", added("import os\nos._exit(0)"), note="ended its process"),
    Case("os._exit in an answer", _neuron("import os\nos._exit(0)"), {"01.1": 0},
         says={"01.1": "process ended"}),
    Case("a crash in a cell", added("import ctypes\nctypes.string_at(0)"), note="segmentation"),
    Case("a crash in an answer", _neuron("import ctypes\nctypes.string_at(0)"), {"01.1": 0},
         says={"01.1": "segmentation"}),
    Case("killed by itself", added("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")),
    Case("abort", added("import os\nos.abort()"), note="ended its process"),
    Case("interrupts itself", added("raise KeyboardInterrupt")),
    Case("an interrupt in an answer", _neuron("raise KeyboardInterrupt"), {"01.1": 0}),
    Case("standard streams closed", added("import os, sys\nsys.stdout.close()\nos.close(1)")),
    Case("every descriptor closed", added("import os\nos.closerange(0, 4096)"),
         note="ended its process"),
]  # fmt: skip
