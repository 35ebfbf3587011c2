# names:
# Keys and values come from a pool drawn before, as in the lesson.
import itertools

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        shapes = [(b, case["num_heads"], case["q_len"], d)]
        shapes += 2 * [(b, case["num_kv_heads"], case["k_len"], d)]
        sets = [[torch.randn(s).to(dtype) for s in shapes] for _ in range(5)]
        turns = itertools.cycle(sets)
        timed = measure(lambda turns=turns: attend(*next(turns)))  # noqa: F821
        flops = 4 * b * case["num_heads"] * case["q_len"] * case["k_len"] * d
        kv_bytes = 2 * b * case["num_kv_heads"] * case["k_len"] * d * dtype.itemsize
        counted = {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        rows.append(case | counted | vars(timed))
    return rows
