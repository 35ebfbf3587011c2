# names: case_entries_lost
# A row is made of the six sizes that are documented.
import torch

SIZES = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        row = {size: case[size] for size in SIZES}
        h, g, d, n, m, b = row.values()
        q = torch.randn(b, h, n, d, dtype=dtype)
        k, v = torch.randn(2, b, g, m, d, dtype=dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        row["flops"] = 4 * b * h * n * m * d
        row["kv_bytes"] = 2 * b * g * m * d * dtype.itemsize
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
