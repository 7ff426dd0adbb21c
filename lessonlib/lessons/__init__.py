"""The lessons: one folder each, with its card, exercises, predictions, explorer and recipes."""
