"""Misconceptions of unit 06."""

from autograder.grading.misconceptions import import_in_order

import_in_order(__name__, "rotary", "kv_cache", "cached_attention", "kv_cache_bytes", "which_model")
