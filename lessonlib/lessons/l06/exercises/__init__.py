"""Lesson 06, convolution: a pattern found, the matrix, sizes, pooling backward, costs, a layer."""
