"""Misconceptions of unit 04."""

from autograder.grading.misconceptions import import_in_order

import_in_order(__name__, "multi_head", "split_heads", "merge_heads", "fuse_heads", "from_torch")
