# names: inputs_inside_the_clock
# The helper that makes the inputs is called in the arguments of attend, each time.
import torch


def inputs(case, dtype):
    b, d = case["batch"], case["d_head"]
    yield torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
    yield torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
    yield torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        timed = measure(lambda case=case: attend(*inputs(case, dtype)))  # noqa: F821
        q, k, v = inputs(case, dtype)
        row = dict(case, flops=4 * q.numel() * k.shape[2], kv_bytes=k.nbytes + v.nbytes)
        row["intensity"] = row["flops"] / row["kv_bytes"]
        row |= {"median": timed.median, "low": timed.low, "high": timed.high}
        rows.append({**row, "samples": timed.samples})
    return rows
