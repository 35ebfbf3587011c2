"""Misconceptions of unit 07.

Those that ``GroupedQueryAttention`` shares with ``CachedAttention`` are written in unit 06.
"""

from autograder.grading.misconceptions import import_in_order

import_in_order(
    __name__,
    "expand_kv",
    "grouped_attention",
    "grouped_query_attention",
    "pool_kv_heads",
    "attention_cost",
)
