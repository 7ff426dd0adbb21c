"""Recipes of lesson 03: each makes one stored result, `lessonlib make 03.NAME`."""
