"""Lesson 08, LSTM and GRU: a memory cell, its gates, its gradient, and what has to be kept."""
