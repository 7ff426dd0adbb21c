"""Lesson 01, the perceptron: from one unit to ten, each exercise with one worked step less."""
