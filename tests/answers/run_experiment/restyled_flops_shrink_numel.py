# names: flops_shrink_with_kv_heads
# FLOPs counted from the keys there are: every number of k meets q_len queries.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d, dtype=dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        score_flops = 2 * k.numel() * case["q_len"]
        sum_flops = 2 * v.numel() * case["q_len"]
        row = dict(case, flops=score_flops + sum_flops, kv_bytes=k.nbytes + v.nbytes)
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
