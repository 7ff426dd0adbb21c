"""Recipes of lesson 01: each makes one stored result, `lessonlib make 01.NAME`."""
