# names: mean_not_median
# The middle is a tensor's mean.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d, dtype=dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        row = dict(case, flops=4 * q.numel() * case["k_len"], kv_bytes=2 * k.nbytes)
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row["median"] = torch.tensor(t.samples, dtype=torch.float64).mean().item()
        row.update(low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
