# names:
# The rows are handed back from last to first.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.rand(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.rand(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.rand(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops, size = 4 * q.numel() * case["k_len"], k.nbytes + v.nbytes
        row = case | dict(flops=flops, kv_bytes=size, intensity=flops / size)
        rows.insert(0, row | {x: getattr(t, x) for x in ("median", "low", "high", "samples")})
    return rows
