"""Recipes of lesson 04b: each makes one stored result, `lessonlib make 04b.NAME`."""
