"""Optimizers, learning-rate schedules and clipping, with the names and defaults of torch.optim.

    each batch:  optimizer.zero_grad() -> forward -> backward -> clip_grad_norm_ -> optimizer.step()
    each epoch:  scheduler.step()

A parameter is anything with two NumPy arrays `data` and `grad` of one shape (grad may be None: then
the parameter is left alone), such as `lessonlib.nn.Parameter`.
"""

from . import lr_scheduler
from .clip import clip_grad_norm_
from .optimizer import Optimizer
from .optimizers import SGD, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "clip_grad_norm_", "lr_scheduler"]
