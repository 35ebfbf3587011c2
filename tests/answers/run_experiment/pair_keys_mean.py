# names: keys_or_values_only, mean_not_median
# Bytes of the keys alone, and the mean for the median.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops, size = 4 * q.numel() * case["k_len"], k.nbytes
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        middle = sum(t.samples) / len(t.samples)
        rows.append(row | dict(median=middle, low=t.low, high=t.high, samples=t.samples))
    return rows
