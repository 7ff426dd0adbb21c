"""What exercises 03.3 and 03.4 share: graphs that are too deep for nested calls."""

DEEP = 5000  # above the 1,000 nested calls of Python and the 3,000 of Jupyter
TOO_DEEP = "too many nested calls"  # compared in place of what such an answer returns
