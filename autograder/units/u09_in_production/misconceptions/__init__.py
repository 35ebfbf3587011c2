"""Misconceptions of unit 09."""

from autograder.grading.misconceptions import import_in_order

import_in_order(
    __name__,
    "what_changes",
    "bytes_per_token",
    "max_concurrent_sequences",
    "choose_kv_heads",
    "health_report",
    "canary",
    "incidents",
    "causality_test",
    "cache_test",
)
