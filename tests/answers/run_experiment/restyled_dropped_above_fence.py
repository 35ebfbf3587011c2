# names: slow_samples_dropped
# Samples above the box plot's fence are taken out, the summary is measure's.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        fence = t.high + 1.5 * (t.high - t.low)
        flops, size = 4 * q.numel() * case["k_len"], k.nbytes + v.nbytes
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        row |= {"median": t.median, "low": t.low, "high": t.high}
        row["samples"] = [s for s in t.samples if s <= fence]
        rows.append(row)
    return rows
