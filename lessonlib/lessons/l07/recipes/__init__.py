"""Recipes of lesson 07: each makes one stored result, `lessonlib make 07.NAME`."""
