"""Recipes of lesson 06b: each makes one stored result, `lessonlib make 06b.NAME`."""
