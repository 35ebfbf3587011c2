# names:
# Only the pairs that a causal mask shows, counted exactly.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        first = case["k_len"] - case["q_len"] + 1
        pairs = sum(range(first, case["k_len"] + 1))
        flops, size = 4 * b * case["num_heads"] * pairs * d, 2 * k.nbytes
        row = case | dict(flops=flops, kv_bytes=size, intensity=flops / size)
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
