"""Lesson 07, recurrent networks: reading, gradients through time, windows, temperature, writing."""
