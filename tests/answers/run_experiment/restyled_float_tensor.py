# names: float_result
# The counts are products of float64 tensors, taken out with item().
import torch


def product(*factors):
    return torch.tensor(factors, dtype=torch.float64).prod().item()


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        row = dict(case)
        row["flops"] = product(4, case["k_len"], *q.shape)
        row["kv_bytes"] = product(2, dtype.itemsize, *k.shape)
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
