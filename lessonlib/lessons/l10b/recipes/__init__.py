"""Recipes of lesson 10b: each makes one stored result, `lessonlib make 10b.NAME`."""
