"""Layers in NumPy with torch.nn's names, arguments, defaults, weight shapes, state_dict keys."""

from .activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from .attention import (
    MultiheadAttention,
)
from .conv import (
    Conv1d,
    Conv2d,
    ConvTranspose2d,
)
from .layers import (
    Dropout,
    Embedding,
    Flatten,
    Linear,
)
from .losses import (
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    KLDivLoss,
    MSELoss,
    NLLLoss,
)
from .module import (
    Module,
    ModuleList,
    Parameter,
    Sequential,
)
from .normalization import (
    BatchNorm1d,
    BatchNorm2d,
    LayerNorm,
    RMSNorm,
)
from .pooling import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    MaxPool2d,
)
from .recurrent import (
    GRU,
    LSTM,
    RNN,
)
from .transformer import (
    TransformerEncoderLayer,
)

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "KLDivLoss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "Parameter",
    "RMSNorm",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "TransformerEncoderLayer",
]
