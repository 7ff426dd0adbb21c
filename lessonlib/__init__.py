"""lessonlib: the helper package of the Neural Sparks lessons.

The mathematics lives in `functional` (pure forward / backward pairs) and `nn` (modules on top).
Everything a lesson touches is loaded when it is first asked for, so importing the package costs
little more than importing NumPy.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# name a lesson imports -> module that defines it
_EXPORTS = {
    "affordable": "learner.yours",
    "check": "learner.check",
    "expect": "claims",
    "hint": "learner.check",
    "predict": "learner.predict",
    "progress": "learner.progress",
    "seed": "claims",
    "solution": "learner.check",
    "yours": "learner.yours",
}
_MODULES = (
    "autograd",
    "datasets",
    "exercises",
    "explorers",
    "functional",
    "gradcheck",
    "init",
    "nn",
    "optim",
    "perceptron",
    "plots",
    "training",
)

__all__ = ["__version__", *_EXPORTS, *_MODULES]  # noqa: PLE0604 (all are strings)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
