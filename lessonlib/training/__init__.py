"""The training loop and what belongs to it.

fit:  for each epoch, for each batch of a fresh random order:
          zero_grad -> forward -> loss -> backward -> (clip) -> step     one row in history.steps
      measure on the validation set                                      one row in history.epochs
"""

from .callbacks import ActivationStatistics, Callback, GradientNorms, Run, UpdateRatios
from .evaluation import accuracy, batches, evaluate, predict
from .history import EarlyStopping, History
from .loop import fit
from .memory import keep_freed_memory
from .saving import load, save

__all__ = [
    "ActivationStatistics",
    "Callback",
    "EarlyStopping",
    "GradientNorms",
    "History",
    "Run",
    "UpdateRatios",
    "accuracy",
    "batches",
    "evaluate",
    "fit",
    "keep_freed_memory",
    "load",
    "predict",
    "save",
]
