# names:
# Functools.partial as the timed call, operator.attrgetter for what measure gives, match on the
# case, a generator of rows.
from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import attrgetter

import torch

SUMMARY = ("median", "low", "high")
summary_of = attrgetter(*SUMMARY)


def row_of(attend, case: Mapping, dtype: torch.dtype) -> dict:
    match case:
        case {
            "num_heads": heads,
            "num_kv_heads": kv_heads,
            "d_head": width,
            "q_len": q_len,
            "k_len": k_len,
            "batch": batch,
        }:
            q = torch.randn(batch, heads, q_len, width, dtype=dtype)
            k, v = torch.randn(2, batch, kv_heads, k_len, width, dtype=dtype)
            size = q.element_size()
            cost = attention_cost(heads * width, heads, kv_heads, width, q_len, k_len, batch, size)  # noqa: F821
        case _:
            raise KeyError(f"something is missing in {case}")
    measured = measure(partial(attend, q, k, v))  # noqa: F821
    counted = {"flops": cost["attention_flops"], "kv_bytes": cost["kv_bytes"]}
    counted["intensity"] = arithmetic_intensity(*counted.values())  # noqa: F821
    times = dict(zip(SUMMARY, map(float, summary_of(measured)), strict=True))
    return {**case, **counted, **times, "samples": [float(each) for each in measured.samples]}


def rows_of(attend, cases, dtype) -> Iterator[dict]:
    for case in cases:
        yield row_of(attend, case, dtype)


def run_experiment(attend, cases, dtype=torch.float32):
    """Time ``attend`` for each case and count its cost."""
    return list(rows_of(attend, cases, dtype))
