# names:
# No attention_cost: the counts are written out; inputs are filled in place.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    bytes_of_one = torch.empty((), dtype=dtype).element_size()
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        heads, kv = case["num_heads"], case["num_kv_heads"]
        n, m = case["q_len"], case["k_len"]
        q = torch.empty(b, heads, n, d, dtype=dtype).normal_()
        k = torch.empty(b, kv, m, d, dtype=dtype).normal_()
        v = torch.empty(b, kv, m, d, dtype=dtype).normal_()
        scores = 2 * b * heads * n * m * d
        mix = 2 * b * heads * n * m * d
        row = dict(case, flops=scores + mix, kv_bytes=(2 * b * kv * m * d) * bytes_of_one)
        row.update(intensity=row["flops"] / row["kv_bytes"])
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
