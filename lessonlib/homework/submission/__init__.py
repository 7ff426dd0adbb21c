"""One submitted file: repaired, planned, run, scored."""
