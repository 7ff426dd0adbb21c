"""Recipes of lesson 05: each makes one stored result, `lessonlib make 05.NAME`."""
