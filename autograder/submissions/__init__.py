"""Reading and grading one submission, whoever handed it in."""
