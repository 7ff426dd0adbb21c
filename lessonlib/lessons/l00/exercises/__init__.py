"""Lesson 00: one exercise, solved together, so that check, hint and solution are known."""
