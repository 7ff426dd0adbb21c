"""Lesson 06b, deep vision: a layer's bill, what a unit sees, shortcuts forward and backward."""
