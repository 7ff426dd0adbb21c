"""The grader where a platform runs it: one submission at a time, on Gradescope or GitHub."""
