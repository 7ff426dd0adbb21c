"""What a learner calls from a cell, and the working copies of the lessons."""
