"""Misconceptions of unit 05."""

from autograder.grading.misconceptions import import_in_order

import_in_order(
    __name__,
    "predict_role",
    "scores",
    "induction_score",
    "dependency",
    "gates",
    "similarity",
)
