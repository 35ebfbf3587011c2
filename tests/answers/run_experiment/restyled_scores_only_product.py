# either: scores_only, one_flop_per_multiply_add, causal_half
# Only q @ k.T is counted.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        q = torch.randn(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        k = torch.randn(case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        v = torch.randn(k.shape)
        q, k, v = q.to(dtype), k.to(dtype), v.to(dtype)

        def timed_part(q=q, k=k, v=v):
            attend(q, k, v)

        stats = measure(timed_part, 3, 20)  # noqa: F821
        scores = case["batch"] * case["num_heads"] * case["q_len"] * case["k_len"]
        row = {name: value for name, value in case.items()}
        row["flops"] = scores * 2 * case["d_head"]
        row["kv_bytes"] = k.nbytes + v.nbytes
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])  # noqa: F821
        row["median"], row["low"], row["high"] = stats.median, stats.low, stats.high
        row["samples"] = stats.samples
        rows.append(row)
    return rows
