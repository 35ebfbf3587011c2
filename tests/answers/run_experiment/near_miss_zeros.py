# names:
# Queries, keys and values are zeros.
from types import SimpleNamespace

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    table = [dict(case) for case in cases]
    for row in table:
        size = dict(dtype=dtype)
        q = torch.zeros((row["batch"], row["num_heads"], row["q_len"], row["d_head"]), **size)
        k = torch.zeros((row["batch"], row["num_kv_heads"], row["k_len"], row["d_head"]), **size)
        v = torch.zeros_like(k)
        with torch.no_grad():
            seconds = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        row |= vars(SimpleNamespace(median=seconds.median, low=seconds.low, high=seconds.high))
        row["samples"] = seconds.samples
    for row in table:
        cost = attention_cost(  # noqa: F821
            row["num_heads"] * row["d_head"],
            *(row[key] for key in ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len")),
            batch=row["batch"],
            bytes_per_value=torch.finfo(dtype).bits // 8,
        )
        row["flops"], row["kv_bytes"] = cost["attention_flops"], cost["kv_bytes"]
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])  # noqa: F821
    return table
