# names: one_case_for_all
# The functions are made in one loop and called in another: all see the tensors of the last case.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    planned = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn(k.shape).to(dtype)
        flops, kv_bytes = 4 * q.numel() * case["k_len"], k.nbytes + v.nbytes
        row = {**case, "flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        planned.append((row, lambda: attend(q, k, v)))  # noqa: B023
    return [row | vars(measure(step)) for row, step in planned]  # noqa: F821
