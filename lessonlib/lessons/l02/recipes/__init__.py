"""Recipes of lesson 02: each makes one stored result, `lessonlib make 02.NAME`."""
