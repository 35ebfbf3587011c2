# names: all_heads_measured
# The KV heads are repeated up to the query heads before attend sees them.
from functools import partial

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    result = []
    for case in cases:
        B, H, G = case["batch"], case["num_heads"], case["num_kv_heads"]
        D, Lq, Lk = case["d_head"], case["q_len"], case["k_len"]
        q = torch.randn(B, H, Lq, D, dtype=dtype)
        k = torch.randn(B, G, Lk, D, dtype=dtype).repeat_interleave(H // G, dim=1)
        v = torch.randn(B, G, Lk, D, dtype=dtype).repeat_interleave(H // G, dim=1)
        m = measure(partial(attend, q, k, v))  # noqa: F821
        c = attention_cost(H * D, H, G, D, Lq, Lk, B, dtype.itemsize)  # noqa: F821
        row = dict(case)
        row["flops"] = c["attention_flops"]
        row["kv_bytes"] = c["kv_bytes"]
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row["median"], row["low"], row["high"] = m.median, m.low, m.high
        row["samples"] = m.samples
        result.append(row)
    return result
