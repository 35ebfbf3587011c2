# names: keys_or_values_only
# nbytes of k alone.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops = 4 * q.numel() * k.shape[-2]
        row = dict(case)
        row["flops"] = flops
        row["kv_bytes"] = k.nbytes
        row["intensity"] = flops / k.nbytes
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
