"""Lesson 06, convolution: sliding a kernel, channels, sizes, pooling, costs, shared gradients."""
