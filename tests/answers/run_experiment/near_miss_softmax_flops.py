# names:
# Five FLOPs of the softmax are added for every score.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d, dtype=dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        scores = b * case["num_heads"] * case["q_len"] * case["k_len"]
        flops = scores * (2 * d + 5 + 2 * d)
        row = dict(case, flops=flops, kv_bytes=2 * k.nbytes, intensity=flops / (2 * k.nbytes))
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
