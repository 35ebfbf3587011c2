# names:
# functools.partial in place of a closure, attention_cost by keywords.
from functools import partial

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    result = []
    for case in cases:
        B, H, G = case["batch"], case["num_heads"], case["num_kv_heads"]
        D, Lq, Lk = case["d_head"], case["q_len"], case["k_len"]
        q = torch.randn(B, H, Lq, D, dtype=dtype)
        k = torch.randn(B, G, Lk, D, dtype=dtype)
        v = torch.randn(B, G, Lk, D, dtype=dtype)
        m = measure(partial(attend, q, k, v))  # noqa: F821
        c = attention_cost(  # noqa: F821
            d_model=D,
            num_heads=H,
            num_kv_heads=G,
            d_head=D,
            q_len=Lq,
            k_len=Lk,
            batch=B,
            bytes_per_value=dtype.itemsize,
        )
        row = case.copy()
        row["flops"] = c["attention_flops"]
        row["kv_bytes"] = c["kv_bytes"]
        row["intensity"] = c["attention_flops"] / c["kv_bytes"]
        row["median"] = m.median
        row["low"] = m.low
        row["high"] = m.high
        row["samples"] = m.samples
        result.append(row)
    return result
