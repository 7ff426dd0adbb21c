"""Recipes of lesson 08: each makes one stored result, `lessonlib make 08.NAME`."""
