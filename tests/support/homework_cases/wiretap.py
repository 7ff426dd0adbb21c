"""Answers that read the grader's messages in their own process and answer in its place."""

_WIRE = """
import json, os, pickle, socket, struct
def _line():
    for fd in range(3, 64):
        try:
            return socket.socket(fileno=os.dup(fd))
        except OSError:
            pass
line = _line()
line.setblocking(True)
def _frame(tree):
    head = json.dumps(tree).encode()
    body = struct.pack("<II", len(head), 0) + head
    return struct.pack("<I", len(body)) + body
def say(**tree):
    line.sendall(_frame({"dict": [[k, v] for k, v in tree.items()]}))
def part(count):
    got = b""
    while len(got) < count:
        more = line.recv(count - len(got))
        if not more:
            raise SystemExit
        got += more
    return got
def hear():
    return pickle.loads(part(struct.unpack("<I", part(4))[0]))
def number(n):
    return {"int": str(n)}
def fail(n, text):
    say(event="case", index=number(n))
    say(event="outcome", index=number(n), error={"list": ["ValueError", text[:600]]})
say(event="answer", state="ready")
"""

FORGED = {
    "says what it hears of the lesson's cases": _WIRE + """
first = hear()
fail(0, "heard " + repr(first[1][0])[:20])
os._exit(0)
""",
    "answers nothing until it has heard all": _WIRE + """
heard = [hear()]
line.settimeout(1.0)
try:
    heard.append(hear())
except OSError:
    pass
for n in range(40):
    fail(n, repr(heard[-1][1][-1]))
say(event="end")
""",
    "ends the lesson's cases and answers them later": _WIRE + """
hear()
say(event="end")
own = hear()
for n in range(40):
    fail(n, repr(own[1]))
    fail(n, repr(own[1][-1]))
say(event="end")
""",
    "answers one of the lesson's cases again": _WIRE + """
first = hear()
fail(0, "once")
say(event="case", index=number(0))
say(event="end")
own = hear()
say(event="outcome", index=number(0), error={"list": ["ValueError", repr(own[1][-1])]})
fail(1, repr(own[1][-1]))
fail(-1, repr(own[1][-1]))
say(event="ran", index=number(0), out=repr(own[1][-1]), err="", error=None, line="")
say(event="answer", state="value", shown=repr(own[1][-1]))
say(event="end")
""",
}
