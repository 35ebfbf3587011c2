# names: samples_sorted, case_entries_lost
# Rows of sizes only, with their samples in order of size.
import torch

KEPT = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        sizes = {key: case[key] for key in KEPT}
        b, d = sizes["batch"], sizes["d_head"]
        q = torch.randn(b, sizes["num_heads"], sizes["q_len"], d).to(dtype)
        k = torch.randn(b, sizes["num_kv_heads"], sizes["k_len"], d).to(dtype)
        v = torch.randn_like(k)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops, size = 4 * q.numel() * sizes["k_len"], 2 * k.nbytes
        sizes.update(flops=flops, kv_bytes=size, intensity=flops / size)
        sizes.update(median=t.median, low=t.low, high=t.high, samples=sorted(t.samples))
        rows.append(sizes)
    return rows
