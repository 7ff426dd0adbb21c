"""Recipes of lesson 09: each makes one stored result, `lessonlib make 09.NAME`."""
