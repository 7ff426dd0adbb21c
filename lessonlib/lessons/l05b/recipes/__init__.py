"""Recipes of lesson 05b: each makes one stored result, `lessonlib make 05b.NAME`."""
