# mistake: hands the result of attend to measure instead of a function, and a tensor cannot be called
# why: forgot the lambda; a call looks like a function with arguments filled in
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        B, H, H_kv = case["batch"], case["num_heads"], case["num_kv_heads"]
        L_q, L_k, d_head = case["q_len"], case["k_len"], case["d_head"]
        q = torch.randn(B, H, L_q, d_head, dtype=dtype)
        k = torch.randn(B, H_kv, L_k, d_head, dtype=dtype)
        v = torch.randn(B, H_kv, L_k, d_head, dtype=dtype)
        cost = attention_cost(H * d_head, H, H_kv, d_head, L_q, L_k, B, dtype.itemsize)
        timing = measure(attend(q, k, v))
        row = dict(case)
        row["flops"] = cost["attention_flops"]
        row["kv_bytes"] = cost["kv_bytes"]
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])
        row["median"], row["low"], row["high"] = timing.median, timing.low, timing.high
        row["samples"] = list(timing.samples)
        rows.append(row)
    return rows
