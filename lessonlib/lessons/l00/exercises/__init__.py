"""Lesson 00: a first exercise solved together, a formula for the digit 7, and a first reader."""
