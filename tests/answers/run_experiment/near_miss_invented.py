# names:
# attend is called, and the samples are random numbers.
import random
import statistics

import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        shapes = [(b, case["num_heads"], case["q_len"], d)]
        shapes += 2 * [(b, case["num_kv_heads"], case["k_len"], d)]
        tensors = [torch.randn(shape).to(dtype) for shape in shapes]
        timed = measure(lambda tensors=tensors: attend(*tensors))  # noqa: F821
        flops = 4 * b * case["num_heads"] * case["q_len"] * case["k_len"] * d
        kv_bytes = 2 * b * case["num_kv_heads"] * case["k_len"] * d * dtype.itemsize
        counted = {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
        own = [random.uniform(0.001, 0.002) for _ in timed.samples]
        low, median, high = statistics.quantiles(own)
        invented = {"median": median, "low": low, "high": high, "samples": own}
        rows.append(case | counted | invented)
    return rows
