# names: dtype_ignored
# dtype is used for the bytes, not for the tensors.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops = 4 * q.numel() * case["k_len"]
        kv_bytes = (k.numel() + v.numel()) * dtype.itemsize
        row = {**case, "flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
