"""Recipes of lesson 00: each makes one stored result, `lessonlib make 00.NAME`."""
