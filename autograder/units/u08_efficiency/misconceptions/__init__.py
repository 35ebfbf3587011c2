"""Misconceptions of unit 08."""

from autograder.grading.misconceptions import import_in_order

import_in_order(
    __name__,
    "measure",
    "arithmetic_intensity",
    "roofline_seconds",
    "explain_steps",
    "pareto_front",
    "run_experiment",
    "my_results",
    "my_conclusions",
)
