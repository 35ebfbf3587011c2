# mistake: counts the bytes of the given dtype, but draws queries, keys and values in float32 whatever it is
# why: torch.randn without a dtype works, and only float32 was tried
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        B, d = case["batch"], case["d_head"]
        q = torch.randn(B, case["num_heads"], case["q_len"], d)
        k = torch.randn(B, case["num_kv_heads"], case["k_len"], d)
        v = torch.randn(B, case["num_kv_heads"], case["k_len"], d)
        numbers = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
        cost = attention_cost(
            d_model=512, bytes_per_value=dtype.itemsize, **{n: case[n] for n in numbers}
        )
        m = measure(lambda: attend(q, k, v))
        rows.append(
            {
                **case,
                "flops": cost["attention_flops"],
                "kv_bytes": cost["kv_bytes"],
                "intensity": arithmetic_intensity(cost["attention_flops"], cost["kv_bytes"]),
                "median": m.median,
                "low": m.low,
                "high": m.high,
                "samples": list(m.samples),
            }
        )
    return rows
