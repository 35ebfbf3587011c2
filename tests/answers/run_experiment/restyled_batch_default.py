# names: batch_forgotten
# attention_cost is called without its batch, so it counts one sequence.
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
        c = attention_cost(H * D, H, G, D, Lq, Lk, bytes_per_value=dtype.itemsize)  # noqa: F821
        flops, size = c["attention_flops"], c["kv_bytes"]
        result.append(
            {
                **case,
                "flops": flops,
                "kv_bytes": size,
                "intensity": arithmetic_intensity(flops, size),  # noqa: F821
                "median": m.median,
                "low": m.low,
                "high": m.high,
                "samples": m.samples,
            }
        )
    return result
