"""Grading a class: nbgrader's gradebook, workers, results and reports."""
