# names: inputs_inside_the_clock
# The tensors are made once and filled anew in every call.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        shapes = [(b, case["num_heads"], case["q_len"], d)]
        shapes += 2 * [(b, case["num_kv_heads"], case["k_len"], d)]
        tensors = [torch.randn(shape).to(dtype) for shape in shapes]
        timed = measure(lambda own=tensors: attend(*(each.normal_() for each in own)))  # noqa: F821
        flops = 4 * b * case["num_heads"] * case["q_len"] * case["k_len"] * d
        kv_bytes = 2 * b * case["num_kv_heads"] * case["k_len"] * d * dtype.itemsize
        counted = {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        rows.append(case | counted | vars(timed))
    return rows
