"""Messages from a process that may send anything."""

import json
import socket
import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lessonlib.homework.sandbox import wire
from lessonlib.homework.sandbox.messages import Reader

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec="utf-8"))
    | hnp.arrays(
        st.sampled_from(["f4", "f8", "i8", "u1", "?", "c16", "U3"]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
        elements=None,
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return (
            a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, a.dtype.kind in "fc")
        )
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return a == b or (a != a and b != b)


@given(plain)
def test_plain_values_come_back_as_they_were(value):
    assert same(wire.decode(wire.encode(value)), value)


@pytest.mark.parametrize("value", [np.float32(1.5), np.int64(3), np.bool_(True), np.array(2.0)])
def test_scalars_keep_their_kind(value):
    assert type(wire.decode(wire.encode(value))) is type(value)


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, len, np.array([object()]), np.ma.array([1]), range(3), {(1, 2): 3}, b"x"],
)
def test_other_things_become_strangers(value):
    assert isinstance(wire.decode(wire.encode(value)), wire.Other)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(raw):
    try:
        wire.decode(raw)
    except wire.WireError:
        return


def message(tree, body=b""):
    head = json.dumps(tree).encode()
    return struct.pack("<II", len(head), 0) + head + body


@pytest.mark.parametrize(
    "tree",
    [
        {"array": ["|O8", [1], False]},
        {"array": ["<f8", [10**9], False]},
        {"array": ["<f8", [-1], False]},
        {"array": ["<f8", [10**7, 10**7, 0], False]},
        {"array": ["<U2", [1], False]},
        {"array": [">U2", [1], False]},
        {"array": ["<f8", ["1"], False]},
        {"array": ["V8", [0], False]},
        {"array": [["f8", "O"], [0], False]},
        {"array": "f8"},
        {"int": "9" * 500},
        {"int": "1e9"},
        {"float": "1.0"},
        {"dict": [[{"list": []}, 1]]},
        {"dict": [[1.5, 1]]},
        {"dict": 3},
        {"dict": [[{"int": str(2 * (2**61 - 1))}, 1]]},
        {"list": [{"other": f"kind_{k}"} for k in range(300)]},
        {"_build": []},
        {"build": []},
        {"tuple": [], "list": []},
        json.loads('{"list": [' * 60 + "]}" * 60),
    ],
)
def test_forged_messages_are_refused(tree):
    with pytest.raises(wire.WireError):
        wire.decode(message(tree, b"\xff" * 8))


@pytest.mark.parametrize("raw", [b"9" * 500, b"9" * 5000, b"[" * 900, b"1e9", b'"' + b"x" * 2**24])
def test_trees_that_are_hard_to_read_are_refused_or_a_number(raw):
    try:
        found = wire.decode(struct.pack("<II", len(raw), 0) + raw)
    except wire.WireError:
        return
    assert found == 1e9


def test_half_characters_are_replaced():
    made = wire.decode(wire.encode({"\ud800": ["\udfff x", 1]}))
    assert made == {"?": ["? x", 1]}
    with pytest.raises(wire.WireError, match="characters"):
        wire.decode(wire.encode(np.array(["\ud800"])))


def test_a_frame_that_trickles_in_has_a_deadline():
    near, far = socket.socketpair()
    with near, far:
        far.sendall(struct.pack("<I", 1000) + b"x")
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            wire.receive(near, begun + 0.3)
        assert time.monotonic() - begun < 5


def test_a_long_frame_is_not_read():
    near, far = socket.socketpair()
    with near, far:
        far.sendall(struct.pack("<I", wire.MAX_FRAME + 1))
        with pytest.raises(wire.WireError, match="at most"):
            wire.receive(near)
        far.shutdown(socket.SHUT_WR)
        assert wire.receive(near) is None


def told(**parts):
    return parts


def read_all(reader, steps):
    for step in steps:
        reader.read(step)


@pytest.mark.parametrize(
    "steps",
    [
        [told(event="room", error=1)],
        [told(event="cell", index=0), told(event="room", error="no namespaces")],
        [told(event="cell", index=1)],
        [told(event="cell", index=True)],
        [told(event="cell", index=[0])],
        [told(event=np.zeros(2), index=0)],
        [told(event="cell", index=0)] * 2,
        [told(event="ran", index=0)],
        [told(event="cell", index=0), told(event="ran", index=0, error=["E"])],
        [told(event="cell", index=0), told(event="ran", index=0, error=["E", {}])],
        [told(event="cell", index=0), told(event="ran", index=0, out=1)],
        [told(event="answer", state="ready")],
        [np.zeros(3)],
        [None],
        [told(index=0)],
    ],
)
def test_a_message_that_is_not_the_next_step_is_refused(steps):
    reader = Reader([0], 3)
    with pytest.raises(wire.WireError):
        read_all(reader, steps)


@pytest.mark.parametrize(
    "steps",
    [
        [told(event="case", index=3)],
        [told(event="case", index=-1)],
        [told(event="case", index=1), told(event="outcome", index=0)],
        [told(event="case", index=1), told(event="end")],
        [told(event="case", index=1), told(event="outcome", index=1, mutated=100)],
        [told(event="case", index=1), told(event="outcome", index=1), told(event="case", index=1)],
        [told(event="cell", index=0)],
        [told(event="answer", state="ready")],
    ],
)
def test_a_call_that_is_not_the_next_is_refused(steps):
    reader = Reader([0], 3)
    before = [told(event="cell", index=0), told(event="ran", index=0)]
    read_all(reader, [*before, told(event="answer", state="ready")])
    with pytest.raises(wire.WireError):
        read_all(reader, steps)


def reader_with_further_calls(*answered):
    """A reader of three calls, of which some were answered, and of two further ones."""
    reader = Reader([], 3)
    steps = [told(event=event, index=k) for k in answered for event in ("case", "outcome")]
    read_all(reader, [told(event="answer", state="ready"), *steps, told(event="end")])
    reader.more(2)
    return reader


@pytest.mark.parametrize("answered", [(), (0,), (0, 1, 2)])
@pytest.mark.parametrize("index", [-1, 0, 1, 2, 5])
def test_a_call_of_the_first_part_is_not_answered_in_the_second(answered, index):
    reader = reader_with_further_calls(*answered)
    with pytest.raises(wire.WireError):
        reader.read(told(event="outcome", index=index))
    with pytest.raises(wire.WireError):
        reader.read(told(event="case", index=index))


def test_a_call_of_the_second_part_is_answered_after_the_first_alone():
    second = [told(event="case", index=3), told(event="outcome", index=3), told(event="end")]
    read_all(reader_with_further_calls(0, 1, 2), second)
    reader = Reader([], 3)
    reader.read(told(event="answer", state="ready"))
    with pytest.raises(wire.WireError):
        reader.read(second[0])
