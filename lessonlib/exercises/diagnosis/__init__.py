"""Name the fault of a wrong answer: properties, relations, and searches over one list of edits."""
