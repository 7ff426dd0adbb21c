"""Lesson 04, training dynamics: steps of the optimizers, batches, and the scale of the inputs."""
