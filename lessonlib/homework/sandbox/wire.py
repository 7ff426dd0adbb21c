"""Values over a pipe without pickle: a JSON tree and the raw bytes of its arrays.

The student's process answers in this form. Reading it can create numbers, text, arrays, tuples,
lists and dicts and nothing else; every size and dtype is checked before anything is built.
"""

import json
import math
import socket
import struct
import time
from typing import Any

import numpy as np

MAX_FRAME = 32 * 2**20
MAX_TREE = 8 * 2**20  # of the JSON tree in a frame, which takes more memory than its bytes
_MAX_DEPTH = 24
_MAX_TEXT = 200_000
_MAX_INT_DIGITS = 400
_MAX_KINDS = 200  # of values that are no plain ones; each costs the grader a class
_KINDS = "biufcU"
_HEAD = struct.Struct("<II")
STEP = struct.Struct("<d")  # to the supervisor: the processor seconds of the step that begins


class Other:
    """Stands for a value of a kind that no exercise asks for; only its type's name is kept."""


class WireError(ValueError):
    """What arrived is not a message of this protocol."""


def whole_characters(text: str) -> str:
    """Text without half characters (lone surrogates), which cannot be stored or shown.

    >>> whole_characters("a" + chr(0xD800))
    'a?'
    """
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _are_characters(raw: memoryview, dtype: np.dtype) -> bool:
    codes = np.frombuffer(raw, np.dtype("u4").newbyteorder(dtype.byteorder))
    return not ((codes > 0x10FFFF) | (codes >> 11 == 0x1B)).any()  # 0x1B: a half character


def stranger(kind: str) -> Other:
    """A stand-in whose type has the name of the student's own type.

    >>> type(stranger("Vector")).__name__
    'Vector'
    """
    name = "".join(c for c in str(kind)[:60] if c.isalnum() or c == "_") or "object"
    return type(name, (Other,), {"__repr__": lambda self: f"<{name}>"})()


def _tree(value: Any, blobs: list[bytes], depth: int) -> Any:
    kind = type(value)
    if depth > _MAX_DEPTH:
        return {"other": kind.__name__}
    if value is None or kind is bool:
        return value
    if kind is int:
        return {"int": str(value)} if value.bit_length() < 1000 else {"other": "very_long_int"}
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is str:
        return value[:_MAX_TEXT]
    if kind is complex:
        return {"complex": [repr(value.real), repr(value.imag)]}
    if kind in (tuple, list):
        return {kind.__name__: [_tree(v, blobs, depth + 1) for v in value]}
    if kind is dict and all(type(k) in (str, int) for k in value):
        pairs = [[_tree(k, blobs, depth), _tree(v, blobs, depth + 1)] for k, v in value.items()]
        return {"dict": pairs}
    if kind is np.ndarray or isinstance(value, np.generic):
        return _array(value, blobs)
    return {"other": kind.__name__}


def _array(value: Any, blobs: list[bytes]) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in _KINDS or array.nbytes > MAX_FRAME // 2:
        return {"other": f"array_of_{array.dtype.kind}"}
    native = array.astype(array.dtype.newbyteorder("<"), copy=False)
    blobs.append(np.ascontiguousarray(native).tobytes())
    shape = list(array.shape)
    return {"array": [native.dtype.str, shape, type(value) is not np.ndarray]}


def encode(value: Any) -> bytes:
    """The bytes of a value.

    >>> decode(encode((1, np.arange(3.0))))
    (1, array([0., 1., 2.]))
    """
    blobs: list[bytes] = []
    head = json.dumps(_tree(value, blobs, 0), allow_nan=False).encode()
    return _HEAD.pack(len(head), len(blobs)) + head + b"".join(blobs)


class _Reader:
    def __init__(self, blobs: memoryview) -> None:
        self.blobs, self.at = blobs, 0
        self.strangers: dict[str, Other] = {}

    def build(self, node: Any, depth: int = 0) -> Any:
        if depth > _MAX_DEPTH:
            raise WireError("nested too deeply")
        if node is None or isinstance(node, bool | float):
            return node
        if isinstance(node, str):
            return whole_characters(node)
        if isinstance(node, int):
            return float(node)
        if not isinstance(node, dict) or len(node) != 1:
            raise WireError("unknown node")
        ((tag, body),) = node.items()
        build = getattr(self, f"_{tag}", None)
        if tag not in _TAGS or build is None:
            raise WireError(f"unknown tag {tag!r:.40}")
        return build(body, depth)

    def _int(self, body: Any, depth: int) -> int:
        if not isinstance(body, str) or len(body) > _MAX_INT_DIGITS:
            raise WireError("integer too long")
        return int(body)

    def _float(self, body: Any, depth: int) -> float:
        if body not in ("nan", "inf", "-inf"):
            raise WireError("not a float")
        return float(body)

    def _complex(self, body: Any, depth: int) -> complex:
        real, imaginary = body
        return complex(float(str(real)[:40]), float(str(imaginary)[:40]))

    def _items(self, body: Any, depth: int) -> list:
        if not isinstance(body, list):
            raise WireError("not a list")
        return [self.build(v, depth + 1) for v in body]

    def _tuple(self, body: Any, depth: int) -> tuple:
        return tuple(self._items(body, depth))

    def _list(self, body: Any, depth: int) -> list:
        return self._items(body, depth)

    def _dict(self, body: Any, depth: int) -> dict:
        pairs = [(self.build(k), self.build(v, depth + 1)) for k, v in body]
        if not all(type(k) in (str, int) for k, _ in pairs):
            raise WireError("a key is neither text nor integer")
        if any(type(k) is int and abs(k) >= 2**61 for k, _ in pairs):  # they may hash alike
            raise WireError("a key of a size that no answer needs")
        return dict(pairs)

    def _other(self, body: Any, depth: int) -> Other:
        name = str(body)[:60]
        if name not in self.strangers:
            if len(self.strangers) == _MAX_KINDS:
                raise WireError("too many kinds of values")
            self.strangers[name] = stranger(name)
        return self.strangers[name]

    def _array(self, body: Any, depth: int) -> Any:
        code, shape, scalar = body
        dtype = np.dtype(str(code)[:12])
        if dtype.kind not in _KINDS or dtype.hasobject or len(shape) > 16:
            raise WireError(f"dtype {dtype} is not a plain one")
        if not all(type(n) is int and 0 <= n <= MAX_FRAME for n in shape):
            raise WireError("not a shape")
        if math.prod(max(1, n) for n in shape) > MAX_FRAME:  # (10**7, 0) is as long as it says
            raise WireError("more rows than bytes could be sent")
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.blobs) - self.at:
            raise WireError("fewer bytes than the shape says")
        raw = self.blobs[self.at : self.at + size]
        self.at += size
        if dtype.kind == "U" and not _are_characters(raw, dtype):
            raise WireError("numbers that are no characters")
        array = np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
        return array[()] if scalar is True and array.ndim == 0 else array


_TAGS = ("int", "float", "complex", "tuple", "list", "dict", "other", "array")


def decode(raw: bytes) -> Any:
    """The value of `encode`'s bytes. Raises WireError for anything that is not such a message."""
    try:
        length, _ = _HEAD.unpack_from(raw)
        if length > MAX_TREE:
            raise WireError(f"a message with a tree of {length} bytes, at most {MAX_TREE} are read")
        head = json.loads(raw[_HEAD.size : _HEAD.size + length])
        return _Reader(memoryview(raw)[_HEAD.size + length :]).build(head)
    except WireError:
        raise
    except Exception as error:  # whatever a forged message leads to
        raise WireError(f"unreadable message: {type(error).__name__}") from None


def send(connection: socket.socket, payload: bytes) -> None:
    """Send one frame: four bytes of length, then the payload."""
    connection.sendall(struct.pack("<I", len(payload)) + payload)


def fits(raw: bytes) -> bool:
    """Whether encoded bytes are within what `receive` and `decode` accept."""
    return len(raw) <= MAX_FRAME and _HEAD.unpack_from(raw)[0] <= MAX_TREE


def weight(raw: bytes) -> int:
    """The bytes of a frame; its tree counts four times, since it takes more memory than arrays."""
    return len(raw) + 3 * (_HEAD.unpack_from(raw)[0] if len(raw) >= _HEAD.size else 0)


def receive(connection: socket.socket, end: float = math.inf) -> bytes | None:
    """Read one frame; None where the other side has closed.

    end : the moment of `time.monotonic` until when the whole frame has to be there
    Raises WireError above the limit, TimeoutError after the end
    """
    head = _exactly(connection, 4, end)
    if head is None:
        return None
    (length,) = struct.unpack("<I", head)
    if length > MAX_FRAME:
        raise WireError(f"a message of {length} bytes, at most {MAX_FRAME} are read")
    return _exactly(connection, length, end)


def _exactly(connection: socket.socket, count: int, end: float) -> bytes | None:
    parts, left = [], count
    while left:
        if end < math.inf:
            connection.settimeout(max(0.001, end - time.monotonic()))
        part = connection.recv(min(left, 2**20))
        if not part:
            return None
        if time.monotonic() > end:
            raise TimeoutError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
