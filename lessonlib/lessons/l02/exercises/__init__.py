"""Lesson 02, the multilayer perceptron: a layer, a stack, a slope, a loss, a fence, a bug."""
