"""Submissions that speak to the grader themselves, or hand it what is hard to read and to judge."""

from homework_cases.edit import Case, added, answer, code, place

HIJACK = """
import json, os, socket, struct, time
def sock():
    for number in range(3, 300):
        try:
            found = socket.socket(fileno=os.dup(number))
            found.getpeername()
            return found
        except OSError:
            pass
def whole(n):
    return {"int": str(n)}
def told(**parts):
    return {"dict": [[k, v] for k, v in parts.items()]}
def frame(tree, rest=b""):
    head = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    body = struct.pack("<II", len(head), 0) + head + rest
    return struct.pack("<I", len(body)) + body
def say(tree, rest=b""):
    sock().sendall(frame(tree, rest))
"""


def _cell(source):
    return added(HIJACK + source)


def _call(source):
    inside = "".join(f"    {line}\n" for line in source.strip("\n").split("\n"))
    return answer("01.1", f"{HIJACK}\ndef neuron(X, weight, bias):\n{inside}")


def _both(name, source, cell=True, **more):
    """The same in a cell, which costs nothing, and in an answer, which costs its points."""
    cases = [Case(f"{name}, in an answer", _call(source), {"01.1": 0}, **more)]
    return [*cases, Case(f"{name}, in a cell", _cell(source), **more)] if cell else cases


def _text_cells(text):
    def make(nb):
        nb["cells"].insert(place(nb, "ex-01-1"), {"cell_type": "markdown", "id": "t",
                                                  "metadata": {}, "source": text})  # fmt: skip
        return nb

    return make


def _many_cells(nb):
    nb["cells"][3:3] = [code("print('x' * 20_000)", f"m{k}") for k in range(60)]
    return nb


SUM = " + ".join(["1"] * 700)
MESSAGES = [
    *_both("a room that is none", 'say(told(event="room", error="no namespaces"))'),
    *_both("a list as an index", 'say(told(event="cell", index={"list": [whole(1)]}))'),
    *_both("True as an index", 'say(told(event="case", index=True))'),
    *_both("an array as an event",
           'say(told(event={"array": ["<f8", [2], False]}), bytes(16))'),
    *_both("an array as a message", 'say({"array": ["<f8", [2], False]}, bytes(16))'),
    *_both("a whole number of 500 digits", 'say(b\'{"dict": [["event", \' + b"9" * 500 + b"]]}")'),
    *_both("a number above all floats", 'say(b"9" * 4000)'),
    *_both("the next cell, forged", 'say(told(event="cell", index=whole(99)))'),
    *_both("an answer, forged", 'say(told(event="answer", state="ready"))'),
    *_both("an answer of no known kind", 'say(told(event="answer", state="right"))'),
    *_both("an early end", 'say(told(event="end"))'),
    *_both("the outcome of another call",
           'say(told(event="outcome", index=whole(7), value=1.0))'),
    *_both("a dict of dicts as an error",
           'say(told(event="ran", index=whole(0), error=told(a=told(b=1.0))))'),
    *_both("deep nesting", 'say(b\'{"list": [\' * 5000 + b"]}" * 5000)'),
    *_both("characters that are none",
           'say(told(event={"array": ["<U1", [1], False]}), bytes([255] * 4))'),
    *_both("no message at all", 'sock().sendall(os.urandom(5000))'),
    *_both("a frame of 4 GB", 'sock().sendall(b"\\xff" * 4)'),
    *_both("a tree of 20 MB", 'say(b"[" + b"[]," * 7_000_000 + b"[]]")'),
    *_both("the connection closed", "sock().shutdown(2)"),
]  # fmt: skip
ENDLESS = [
    *_both("one byte now and then", """
s = sock()
s.sendall(struct.pack("<I", 1000))
while True:
    s.sendall(b"x")
    time.sleep(0.5)"""),
    *_both("a message now and then for ever", """
while True:
    say(told(event="nothing"))
    time.sleep(0.5)"""),
    *_both("a flood of messages", """
s, message = sock(), frame(told(event="nothing"))
while True:
    s.sendall(message)""", cell=False),
    *_both("sleep for ever", "time.sleep(10**6)"),
]  # fmt: skip
VALUES = [
    Case("half a character raised", _call('raise ValueError("\\ud800 no")'), {"01.1": 0}),
    Case("half a character printed", _cell('print("\\udfff" * 9)')),
    Case("half a character as a name", _call(
        'raise type("E\\ud800rr", (Exception,), {})("x")'), {"01.1": 0}),
    Case("half a character returned", _call('return "\\ud800"'), {"01.1": 0}),
    Case("half a character as a key", _call('return {"\\ud800": 1}'), {"01.1": 0}),
    Case("half characters in an array", _call(
        'import numpy as np\nreturn np.array(["\\ud800", "b"])'), {"01.1": 0}),
    Case("half a character as a missing name", _cell('raise NameError("x", name="\\ud800")')),
    Case("an error that is its own text", _call("""
class Text(str):
    def __getitem__(self, at): return self
    def __str__(self): return self
raise ValueError(Text("x" * 10**6))"""), {"01.1": 0}),
    Case("a syntax error without a text", _cell("raise SyntaxError('x', ('f', 1, 1, 3))")),
    Case("a number of 500 digits", _call("return 10**500"), {"01.1": 0}),
    Case("an array once and text once", _call(
        'import numpy as np\nreturn np.array(["a"] * 3) if len(X) % 2 else X @ weight'),
        {"01.1": 0}),
    Case("ten million empty rows", _call(
        "import numpy as np\nreturn np.zeros((10**7, 0))"), {"01.1": 0}),
    Case("lists below lists", _call("""
deep = []
for _ in range(10**5):
    deep = [deep]
return deep"""), {"01.1": 0}),
    Case("a million lists", _call("return [[] for _ in range(10**6)]"), {"01.1": 0}),
    Case("a sum of 700 terms", _call(f"return X @ weight + {SUM}"), {"01.1": 0}),
    Case("a sum of 700 terms in a cell that ends", added(
        f"def mine():\n    return {SUM}\nimport os\nos._exit(0)"), note="definitions"),
    Case("a sum of 20,000 terms", added(" + ".join(["1"] * 20_000))),
    Case("brackets in brackets", added("(" * 5000 + ")" * 5000)),
    Case("a cell of 7 MB", added("x = 1\n" * 1_150_000)),
    Case("a line of 7 MB", added("x = [" + "1," * 3_400_000 + "]")),
    Case("a long answer that is wrong", answer("01.1", "def neuron(X, weight, bias):\n"
         + "    x = 1\n" * 20_000 + "    return X @ weight"), {"01.1": 0}),
    Case("a million characters printed", _many_cells),
    Case("a long text", _text_cells("*a **b _c [d](e " * 60_000)),
]  # fmt: skip
CASES = [*MESSAGES, *ENDLESS, *VALUES]
