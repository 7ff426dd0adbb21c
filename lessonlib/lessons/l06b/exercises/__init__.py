"""Lesson 06b, deep vision: a layer's bill, what a unit sees, class maps, a residual block."""
