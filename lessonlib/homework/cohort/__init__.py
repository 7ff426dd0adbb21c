"""A class: its files, its roster, grading it, the reports on it."""
