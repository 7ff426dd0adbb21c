"""Recipes of lesson 10: each makes one stored result, `lessonlib make 10.NAME`."""
