# names:
# Median and quartiles in milliseconds beside samples in seconds.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops, size = 4 * q.numel() * case["k_len"], 2 * k.nbytes
        row = case | dict(flops=flops, kv_bytes=size, intensity=flops / size)
        row |= {x: 1e3 * getattr(t, x) for x in ("median", "low", "high")}
        rows.append(row | {"samples": t.samples})
    return rows
