# names: all_heads_measured, dtype_ignored
# Keys and values are made like q, in float32.
from functools import partial

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    result = []
    for case in cases:
        B, H, G = case["batch"], case["num_heads"], case["num_kv_heads"]
        D, Lq, Lk = case["d_head"], case["q_len"], case["k_len"]
        q, k, v = (torch.randn(B, H, length, D) for length in (Lq, Lk, Lk))
        m = measure(partial(attend, q, k, v))  # noqa: F821
        c = attention_cost(H * D, H, G, D, Lq, Lk, B, dtype.itemsize)  # noqa: F821
        flops, size = c["attention_flops"], c["kv_bytes"]
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        result.append(row | {x: getattr(m, x) for x in ("median", "low", "high", "samples")})
    return result
