"""Stand-ins in the student's process, where grading has no use for the real thing.

`check`, `hint` and their neighbours answer in one line; torch can be imported and its names looked
up, but a call inside an answer is refused. Neither costs the seconds of the real import.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

from lessonlib.exercises.call import AskedToWrite

STUBBED = ("torch", "torchvision")
# Where the functions are that a notebook calls; `lessonlib` and `lessonlib.exercises` hand them on
QUIET = {
    "lessonlib.learner.check": ("check", "hint", "solution"),
    "lessonlib.learner.predict": ("predict",),
    "lessonlib.learner.progress": ("progress",),
    "lessonlib.exercises": ("judge",),
}
strict = False  # True while an answer is being called


class Quiet:
    """The answer of a helper that has nothing to say while homework is graded."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return False


def quiet_helpers() -> None:
    """Replace the functions of the lesson that a notebook calls, however it imports them."""

    def answer(*args: Any, **kwargs: Any) -> Quiet:
        return Quiet("not available while homework is graded")

    for module, names in QUIET.items():
        for name in names:
            setattr(import_module(module), name, answer)


class Nothing:
    """Any object of torch: may be looked up, subclassed and called at the top of a notebook."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if strict:
            raise AskedToWrite("this exercise asks you to write it (torch is not used in grading)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Any call: nothing again; around a function (`@torch.compile`): the function."""
        if len(args) == 1 and isinstance(args[0], FunctionType) and not strict:
            return args[0]
        return Nothing(*args, **kwargs)

    def __instancecheck__(self, instance: Any) -> bool:
        """No argument of an answer is a tensor."""
        return isinstance(instance, Nothing)

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, Nothing)

    def __or__(self, other: Any) -> Any:
        return other

    __ror__ = __or__

    def __getattr__(self, name: str) -> "Nothing":
        return _named(name)

    def __mro_entries__(self, bases: tuple) -> tuple:
        return (Nothing,)

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *args: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Harmless(Nothing):
    """What computes nothing (`no_grad`, `manual_seed`), so that an answer may have it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        return

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Around a function: the function. Else itself, which is no tensor and not true."""
        return args[0] if len(args) == 1 and isinstance(args[0], FunctionType) else self


HARMLESS = {
    "autocast", "device", "empty_cache", "enable_grad", "inference_mode", "is_available",
    "is_grad_enabled", "is_tensor", "manual_seed", "manual_seed_all", "no_grad",
    "set_default_dtype", "set_grad_enabled", "set_num_threads", "set_printoptions", "synchronize",
    "use_deterministic_algorithms",
}  # fmt: skip


def _named(name: str) -> Nothing:
    """What torch has under a name: to look it up is no use of it."""
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)
    return Harmless() if name in HARMLESS else Nothing.__new__(Nothing)


class _StubModule(ModuleType):
    __version__ = "2.0.0"  # for a notebook that prints or compares it

    def __getattr__(self, name: str) -> Nothing:
        return _named(name)


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.split(".")[0] in STUBBED:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []


def install() -> None:
    """Let every later `import torch` find the stub."""
    sys.meta_path.insert(0, _Finder())
