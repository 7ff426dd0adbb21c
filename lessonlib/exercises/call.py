"""Call a learner's function safely: time is limited, errors are caught, output is kept.

The limit: a loop that swallows every interrupt (`while True: try: ... except BaseException: pass`)
cannot be stopped from inside its own process. Homework grading runs in a process of its own.
"""

import contextlib
import copy
import ctypes
import io
import signal
import sys
import sysconfig
import threading
import time
import traceback
import warnings
import weakref
from collections import UserList, deque
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

import numpy as np

_LIBRARIES = tuple({sysconfig.get_path(p) for p in ("stdlib", "purelib", "platlib")})
_OURS = str(Path(__file__).resolve().parents[1])
_WEAK = {weakref.WeakKeyDictionary.__init__.__code__.co_filename,
         weakref.WeakSet.__init__.__code__.co_filename}  # fmt: skip
_IMPORT = "<frozen importlib._bootstrap>"
_MOST_ITEMS = 200_000  # of a generator
IMPORT_SECONDS = 20.0  # that an import may take beyond the limit


class TimeUp(BaseException):
    """Raised in the learner's function when its time is over; `except Exception` lets it pass."""


@dataclass
class Outcome:
    """What one call did: a value, or an error with the learner's line, and what it printed.

    line, number : the learner's own line that the error came from, and its number in their cell
    mutated      : the position of the first argument that the call changed
    warned       : the first warning about a number ("overflow encountered in exp") and its line
    """

    value: Any = None
    error: BaseException | None = None
    line: str = ""
    number: int | None = None
    printed: str = ""
    mutated: int | None = None
    warned: tuple[str, str] | None = None


class BoundedText(io.TextIOBase):
    """A text stream that keeps the first `most` characters, however many are written to it.

    It cannot be closed: whoever prints later must not fail for what was closed before.

    >>> stream = BoundedText(3)
    >>> stream.write("abcdef"), stream.take(), stream.take()
    (6, 'abc', '')
    """

    encoding, errors = "utf-8", "replace"

    def __init__(self, most: int) -> None:
        self.most = self.room = most
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Keep what there is room for; say that all was written."""
        if self.room > 0:
            self.parts.append(str(text)[: self.room])
            self.room -= len(text)
        return len(text)

    def take(self) -> str:
        """What was kept so far; then begin again."""
        text, self.parts, self.room = "".join(self.parts), [], self.most
        return text

    def close(self) -> None:
        """Stay open."""


@contextlib.contextmanager
def time_limit(seconds: float, patience: float = 1.0) -> Iterator[None]:
    """Raise TimeUp in the running thread after `seconds`, again every half second until it stops.

    patience : how many times `seconds` it waits where the processor had little time for us, as
        when a large library is imported, or the machine is busy
    On the main thread of Linux and macOS an alarm signal also ends sleeping calls; elsewhere the
    exception is set from a second thread and takes effect at the next line of Python. A browser
    has neither signals nor threads: there nothing is limited.
    An import is not cut off for IMPORT_SECONDS, for a library whose import was cut off stays broken
    as long as the kernel runs; when it has ended, the answer's own time begins.
    """
    clock = _Clock(seconds, patience)
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():

        def ring(signum: int, frame: FrameType | None) -> None:
            wait = 0.01 if _would_be_lost(frame) else clock.wait(frame)
            if not wait:
                raise TimeUp
            signal.setitimer(signal.ITIMER_REAL, wait, 0.5)

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    else:
        with _thread_alarm(seconds, clock):
            yield


class _Clock:
    """How long an answer may run: `seconds`, which begin again after each of its first imports."""

    def __init__(self, seconds: float, patience: float) -> None:
        self._limits = seconds, patience
        self._left = _time_left(seconds, patience)
        self._before = _imports(sys._getframe())
        self._import_until: float | None = None  # of the import that is on
        self._more = 2  # new beginnings: PyTorch's optimizers import as much as PyTorch itself

    def wait(self, frame: FrameType | None) -> float:
        """Seconds until the next look, given the stack of now; 0 where the time is up."""
        if more := self._left():
            return more
        if _imports(frame) > self._before:
            self._import_until = self._import_until or time.monotonic() + IMPORT_SECONDS
            return 0.01 if time.monotonic() < self._import_until else 0.0
        if self._import_until is None or not self._more:
            return 0.0
        self._import_until, self._more = None, self._more - 1
        self._left = _time_left(*self._limits)
        return self._limits[0]


def _time_left(seconds: float, patience: float) -> Callable[[], float]:
    """A function that says how long to wait still; 0 where the time is up."""
    begun, used = time.monotonic(), time.process_time()

    def left() -> float:
        of_processor = seconds - (time.process_time() - used)
        more = min(of_processor, patience * seconds - (time.monotonic() - begun))
        return more if more > 0.01 else 0.0

    return left


def _would_be_lost(frame: FrameType | None) -> bool:
    """Whether Python drops what is raised here: in a `__del__` or in a callback.

    These are callbacks of weak references and of the collector. The collector's have no name of
    their own; hypothesis, which tests use, names its `gc_callback`.
    """
    for _ in range(4):  # such functions are short: they call little
        if frame is None:
            return False
        code = frame.f_code
        if code.co_name in ("__del__", "gc_callback") or code.co_filename in _WEAK:
            return True
        frame = frame.f_back
    return False


def _imports(frame: FrameType | None) -> int:
    """How many frames of the import system are on a stack."""
    count = 0
    while frame is not None:
        count += frame.f_code.co_filename == _IMPORT
        frame = frame.f_back
    return count


@contextlib.contextmanager
def _thread_alarm(seconds: float, clock: _Clock) -> Iterator[None]:
    thread, done = threading.get_ident(), threading.Event()

    def ring() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = clock.wait(sys._current_frames().get(thread))
            if not wait:
                target, error = ctypes.c_ulong(thread), ctypes.py_object(TimeUp)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, error)
                wait = 0.5

    watcher = threading.Thread(target=ring, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # "can't start new thread": Python in a browser
        yield
        return
    try:
        yield
    finally:
        done.set()
        watcher.join()


@contextlib.contextmanager
def _no_exit() -> Iterator[None]:
    """Let `exit()` and `quit()` in a notebook raise SystemExit instead of ending the kernel."""
    shell = None
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
    if shell is None or not hasattr(shell, "ask_exit"):
        yield
        return

    def leave(*args: Any, **kwargs: Any) -> None:
        raise SystemExit("exit() was called")

    before = shell.__dict__.get("ask_exit")
    shell.ask_exit = leave
    try:
        yield
    finally:
        if before is None:
            del shell.ask_exit
        else:
            shell.ask_exit = before


@contextlib.contextmanager
def _own_depth() -> Iterator[None]:
    """Keep a limit of nested calls that an answer sets from the answers after it."""
    before = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def call(
    use: Callable[..., Any],
    answer: Any,
    arguments: tuple,
    seconds: float = 5.0,
    patience: float = 3.0,
) -> Outcome:
    """Run `use(answer, *arguments)` on copies of the arguments and report what happened.

    Each argument is copied by itself, so two that are one array may be changed separately.
    seconds, patience : as in `time_limit`

    >>> call(lambda f, x: f(x), lambda x: x + 1, (2,)).value
    3
    """
    given = tuple(copy.deepcopy(a) for a in arguments)
    outcome, printed = Outcome(), BoundedText(2000)
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        _no_exit(),
        np.errstate(all="warn", under="ignore"),  # a number that rounds to 0 is no fault
        _noting_warnings(outcome),
        _own_depth(),
    ):
        try:
            with time_limit(seconds, patience):
                outcome.value = plain(use(answer, *given))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            outcome.error = error
            outcome.line, outcome.number = _line_of(traceback.extract_tb(error.__traceback__))
    outcome.printed = printed.take().strip()
    outcome.mutated = _first_change(given, arguments)
    return outcome


def plain(value: Any) -> Any:
    """A value in the forms that are compared: iterators as lists, tensors as arrays, ...

    >>> plain(k * k for k in range(3))
    [0, 1, 4]
    """
    if type(value) in (tuple, list):
        return type(value)(plain(v) for v in value)
    if isinstance(value, tuple | list):
        return plain(tuple(value) if isinstance(value, tuple) else list(value))
    if isinstance(value, dict):
        return {_plain_key(k): plain(v) for k, v in dict.items(value)}
    if isinstance(value, Iterator | range | deque | UserList | KeysView | ValuesView | ItemsView):
        return [plain(v) for v in islice(value, _MOST_ITEMS)]
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu().numpy()
    if isinstance(value, Decimal | Fraction):
        return float(value)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    """A number or text of somebody's own kind (an IntEnum, say) as Python's own."""
    if isinstance(value, np.generic | bool) or type(value) in (int, float, str):
        return value
    if isinstance(value, int):
        return int.__pos__(value)
    if isinstance(value, float):
        return float.__pos__(value)
    return str.__str__(value) if isinstance(value, str) else value


def _plain_key(key: Any) -> Any:
    """A key as it is compared and sent: NumPy's whole numbers and texts as Python's."""
    return key.item() if isinstance(key, np.generic) else _plain_scalar(key)


def _plain_array(value: np.ndarray) -> np.ndarray:
    if value.dtype.kind == "O":
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            return value.astype(np.float64)
    return np.asarray(value)


@contextlib.contextmanager
def _noting_warnings(outcome: Outcome) -> Iterator[None]:
    """Keep the first warning about a number, with the learner's line that it came from."""

    def note(message: Any, category: type, *rest: Any, **more: Any) -> None:
        if outcome.warned is None and issubclass(category, RuntimeWarning):
            outcome.warned = str(message)[:200], _line_of(traceback.extract_stack())[0]

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = note
        yield


def is_learners(filename: str) -> bool:
    """Whether a file, or what stands for one, is a learner's own: no library, and not ours."""
    if filename.startswith("<"):
        return filename.startswith("<ipython")
    return not filename.startswith((*_LIBRARIES, _OURS)) and "site-packages" not in filename


def _line_of(frames: traceback.StackSummary) -> tuple[str, int | None]:
    """The last line of the learner's own code among these frames, and its number."""
    own = [f for f in frames if is_learners(f.filename) and f.line]
    return (own[-1].line or "", own[-1].lineno) if own else ("", None)


def _first_change(now: tuple, before: tuple) -> int | None:
    """The position of the first argument that the call changed, by however little."""
    for k, (a, b) in enumerate(zip(now, before, strict=True)):
        if not _is_as_before(a, b):
            return k
    return None


def _is_as_before(a: Any, b: Any) -> bool:
    """Whether two values are the same to the last bit; only what can be changed is looked into."""
    if isinstance(b, np.ndarray):
        if type(a) is not type(b) or (a.shape, a.dtype) != (b.shape, b.dtype):
            return False
        if b.dtype.kind == "O":
            return _is_as_before(a.tolist(), b.tolist())
        return np.array_equal(a, b, equal_nan=b.dtype.kind in "fc")
    if isinstance(b, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(_is_as_before, a, b))
    if isinstance(b, dict):
        return type(a) is type(b) and list(a) == list(b) and all(
            map(_is_as_before, a.values(), b.values())
        )  # fmt: skip
    plain_value = isinstance(b, int | float | complex | str | bytes | set | np.generic)
    return not plain_value or (type(a) is type(b) and bool(a == b or a != a))


class Unusable(Exception):
    """Raised where what an answer returned is not what can be tried out."""


class AskedToWrite(Exception):
    """Raised by a forbidden name: the exercise asks for exactly this function."""


def _refuse(*args: Any, **kwargs: Any) -> Any:
    from lessonlib.exercises.call import AskedToWrite  # its code runs inside other functions

    raise AskedToWrite("this exercise asks you to write it")


def resolve(name: str) -> tuple[Any, str] | None:
    """Find (owner, attribute) of a dotted name among the modules already loaded, or None."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        owner = sys.modules.get(".".join(parts[:cut]))
        if owner is None:
            continue
        for attribute in parts[cut:-1]:
            owner = getattr(owner, attribute, None)
        return (owner, parts[-1]) if owner is not None and hasattr(owner, parts[-1]) else None
    return None


@contextlib.contextmanager
def forbid(names: Iterable[str]) -> Iterator[None]:
    """Make the named functions raise AskedToWrite, however they were imported, for a while."""
    undo = refuse(names)
    try:
        yield
    finally:
        for restore in reversed(undo):
            restore()


def _doors(name: str) -> tuple[str, ...]:
    """A name, and that of the fast form of the same function, which the layers of nn call."""
    library = "lessonlib.functional."
    if not name.startswith(library):
        return (name,)
    return name, f"{library}_fast.{name.removeprefix(library)}"


def refuse(names: Iterable[str]) -> list[Callable[[], None]]:
    """Make the named functions raise AskedToWrite; returns what takes each change back.

    Python functions are changed through their code object, so `from m import f` before this
    call does not help; other callables (built-in) are replaced in their module. Of a class, all
    methods refuse, and not its `__init__` alone: `__new__` makes an object without it.
    """
    undo: list[Callable[[], None]] = []
    for owner, attribute in filter(None, map(resolve, [d for n in names for d in _doors(n)])):
        target = getattr(owner, attribute)
        if isinstance(target, type):
            parts = [item for kind in target.__mro__ for item in vars(kind).items()]
            own = {name for name, part in parts if isinstance(part, FunctionType)}
            undo += [_refuse_one(target, name) for name in sorted({"__init__", *own})]
        else:
            undo.append(_refuse_one(owner, attribute))
    return undo


def _refuse_one(owner: Any, attribute: str) -> Callable[[], None]:
    """Make one callable refuse; returns what takes the change back."""
    inherited = isinstance(owner, type) and attribute not in vars(owner)
    target = getattr(owner, attribute)
    if isinstance(target, FunctionType) and not target.__code__.co_freevars and not inherited:
        undo = partial(setattr, target, "__code__", target.__code__)
        target.__code__ = _refuse.__code__.replace(co_name=target.__name__)
        return undo
    setattr(owner, attribute, _refuse)
    return partial(delattr, owner, attribute) if inherited else partial(
        setattr, owner, attribute, target
    )  # fmt: skip
