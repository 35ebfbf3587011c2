# mistake: leaves bytes_per_value at its default of 2, whatever the dtype is
# why: all other arguments of attention_cost are in the case, and the default goes unseen
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        B, H, H_kv, D = case["batch"], case["num_heads"], case["num_kv_heads"], case["d_head"]
        q = torch.randn(B, H, case["q_len"], D, dtype=dtype)
        k = torch.randn(B, H_kv, case["k_len"], D, dtype=dtype)
        v = torch.randn(B, H_kv, case["k_len"], D, dtype=dtype)
        cost = attention_cost(H * D, H, H_kv, D, case["q_len"], case["k_len"], batch=B)
        timed = measure(lambda: attend(q, k, v))
        rows.append(
            {
                **case,
                "flops": cost["attention_flops"],
                "kv_bytes": cost["kv_bytes"],
                "intensity": arithmetic_intensity(cost["attention_flops"], cost["kv_bytes"]),
                "median": timed.median,
                "low": timed.low,
                "high": timed.high,
                "samples": list(timed.samples),
            }
        )
    return rows
