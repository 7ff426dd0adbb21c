"""Recipes of lesson 04: each makes one stored result, `lessonlib make 04.NAME`."""
