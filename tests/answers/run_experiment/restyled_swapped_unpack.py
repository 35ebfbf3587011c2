# names: low_high_swapped
# The quartiles are unpacked from the top.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        high, median, low = t.low, t.median, t.high
        flops, size = 4 * q.numel() * case["k_len"], 2 * k.nbytes
        numbers = flops, size, flops / size, low, median, high, t.samples
        names = "flops", "kv_bytes", "intensity", "low", "median", "high", "samples"
        rows.append({**case, **dict(zip(names, numbers, strict=True))})
    return rows
