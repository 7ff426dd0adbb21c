"""Answers that read the grader's messages in their own process and answer in its place."""

_WIRE = """
import json, os, pickle, socket, struct, sys
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
def asked():
    frame = sys._getframe()
    while frame.f_code.co_name != "_run_cells":
        frame = frame.f_back
    indices = [c["index"] for c in frame.f_locals["cells"]]
    return indices[indices.index(frame.f_locals["cell"]["index"]):]
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
def fail_all(first):
    for n in range(len(first[1])):
        fail(n, "wrong")
    say(event="end")
for place, index in enumerate(asked()):
    if place:
        say(event="cell", index=number(index))
    say(event="ran", index=number(index))
say(event="answer", state="ready")
"""

FORGED = {
    "says what it hears of the lesson's cases": _WIRE
    + """
first = hear()
fail(0, "heard " + repr(first[1][0])[:20])
os._exit(0)
""",
    "answers nothing until it has heard all": _WIRE
    + """
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
    "ends the lesson's cases and answers them later": _WIRE
    + """
hear()
say(event="end")
own = hear()
for n in range(40):
    fail(n, repr(own[1]))
    fail(n, repr(own[1][-1]))
say(event="end")
""",
    "leaves the end of a case for later": _WIRE
    + """
hear()
fail(0, "once")
say(event="case", index=number(1))
say(event="end")
own = hear()
say(event="outcome", index=number(1), error={"list": ["ValueError", repr(own[1][-1])]})
""",
    "answers none of the lesson's cases and ends with a number": _WIRE
    + """
hear()
say(event="end")
own = hear()
os._exit(int(own[1][-1][0].flat[0]) % 199 + 1)
""",
}
# what is said in the second part, when it was heard: `secret` is its last case, in words
_LATE = {
    "the end of an earlier case": "say(event='outcome', index=number(0), error=error)",
    "an earlier case": "fail(0, secret)",
    "the last of the earlier cases": "fail(own[3] - 1, secret)",
    "a case that there is not": "fail(-1, secret)",
    "its own case": "fail(own[3], secret)",
    "its own case by a name": "say(event='case', index=number(own[3]));"
    "say(event='outcome', index=number(own[3]), missing=secret)",
    "what a cell printed": "say(event='ran', index=number(0), out=secret)",
    "another answer": "say(event='answer', state='value', shown=secret)",
    "that the room is open": "say(event='room', error=secret)",
    "a word that there is not": "line.sendall(_frame({secret: 1}))",
    "a kind of array": "line.sendall(_frame({'array': [secret[:12], [1], False]}))",
    "a message as long as the number": "line.sendall(struct.pack('<I', 2**31 + 7361))",
}
FORGED |= {
    f"hears the second part and says {name}": f"""{_WIRE}
fail_all(hear())
own = hear()
secret = str(own[1][-1][0].flat[0]) + repr(own[1][-1])
error = {{"list": ["ValueError", secret]}}
{late}
say(event="end")
os._exit(0)
"""
    for name, late in _LATE.items()
}
