"""Explorers: interactive views over the lessons' own code.

State and stepping are plain Python; widgets are loaded when a view is first shown.
"""

from lessonlib.explorers.base import Explorer
from lessonlib.explorers.capacity import CapacityExplorer
from lessonlib.explorers.graph import GraphExplorer
from lessonlib.explorers.lens import LensExplorer
from lessonlib.explorers.perceptron import PerceptronExplorer
from lessonlib.explorers.playground import PlaygroundExplorer
from lessonlib.explorers.race import RaceExplorer

__all__ = [
    "CapacityExplorer",
    "Explorer",
    "GraphExplorer",
    "LensExplorer",
    "PerceptronExplorer",
    "PlaygroundExplorer",
    "RaceExplorer",
]
