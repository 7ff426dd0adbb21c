"""Explorers: interactive views over the lessons' own code.

State and stepping are plain Python; widgets are loaded when a view is first shown.
"""

from lessonlib.explorers.base import Explorer
from lessonlib.explorers.perceptron import PerceptronExplorer
from lessonlib.explorers.playground import PlaygroundExplorer

__all__ = ["Explorer", "PerceptronExplorer", "PlaygroundExplorer"]
