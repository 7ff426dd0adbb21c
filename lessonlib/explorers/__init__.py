"""Explorers: interactive views over the lessons' own code.

State and stepping are plain Python; widgets are loaded when a view is first shown.
"""

from lessonlib.explorers.attention import AttentionExplorer
from lessonlib.explorers.base import Explorer
from lessonlib.explorers.capacity import CapacityExplorer
from lessonlib.explorers.cell import MemoryCellExplorer
from lessonlib.explorers.drawing import DrawingExplorer
from lessonlib.explorers.graph import GraphExplorer
from lessonlib.explorers.lens import LensExplorer
from lessonlib.explorers.perceptron import PerceptronExplorer
from lessonlib.explorers.playground import PlaygroundExplorer
from lessonlib.explorers.prompt import PromptExplorer
from lessonlib.explorers.race import RaceExplorer
from lessonlib.explorers.reader import ReaderExplorer

__all__ = [
    "AttentionExplorer",
    "CapacityExplorer",
    "DrawingExplorer",
    "Explorer",
    "GraphExplorer",
    "LensExplorer",
    "MemoryCellExplorer",
    "PerceptronExplorer",
    "PlaygroundExplorer",
    "PromptExplorer",
    "RaceExplorer",
    "ReaderExplorer",
]
