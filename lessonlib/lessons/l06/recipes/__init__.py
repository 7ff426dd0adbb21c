"""Recipes of lesson 06: each makes one stored result, `lessonlib make 06.NAME`."""
