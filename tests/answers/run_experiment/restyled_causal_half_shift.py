# either: causal_half, scores_only, one_flop_per_multiply_add
# The causal half of attention_cost's FLOPs.
from functools import partial

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    result = []
    for case in cases:
        B, H, G = case["batch"], case["num_heads"], case["num_kv_heads"]
        D, Lq, Lk = case["d_head"], case["q_len"], case["k_len"]
        q = torch.randn(B, H, Lq, D, dtype=dtype)
        k, v = (torch.randn(B, G, Lk, D, dtype=dtype) for _ in "kv")
        m = measure(partial(attend, q, k, v))  # noqa: F821
        c = attention_cost(H * D, H, G, D, Lq, Lk, B, dtype.itemsize)  # noqa: F821
        flops, size = c["attention_flops"] >> 1, c["kv_bytes"]
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        result.append(row | {x: getattr(m, x) for x in ("median", "low", "high", "samples")})
    return result
