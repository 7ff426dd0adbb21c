"""The names of the data sets that `load` knows, and of their parts."""

TABLES = ("breast_cancer", "wine")
NAMES = ("digits", "mnist", *TABLES)
SPLITS = ("train", "validation", "test")
