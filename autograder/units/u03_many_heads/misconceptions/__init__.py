"""Misconceptions of unit 03."""

from autograder.grading.misconceptions import import_in_order

import_in_order(__name__, "multi_head_loop", "parameter_count", "inconsistent_model")
