# names: slow_samples_dropped
# The slowest tenth is taken out, and the summary made again from what is left.
import statistics

import torch


def trimmed(samples):
    kept = list(samples)
    for _ in range(max(1, len(kept) // 10)):
        kept.remove(max(kept))
    return kept


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k, v = torch.randn(2, b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        samples = trimmed(measure(lambda q=q, k=k, v=v: attend(q, k, v)).samples)  # noqa: F821
        low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
        flops, size = 4 * q.numel() * case["k_len"], k.nbytes + v.nbytes
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        rows.append(row | dict(median=median, low=low, high=high, samples=samples))
    return rows
