# mistake: all functions are made first and called later; by then q, k and v are those of the last case
# why: separates preparing from measuring, and a lambda looks up its names when it is called
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    prepared = []
    for case in cases:
        q_shape = (case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        kv_shape = (case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        q = torch.randn(q_shape, dtype=dtype)
        k = torch.randn(kv_shape, dtype=dtype)
        v = torch.randn(kv_shape, dtype=dtype)
        prepared.append((case, lambda: attend(q, k, v)))

    rows = []
    for case, call in prepared:
        cost = attention_cost(
            d_model=1,
            num_heads=case["num_heads"],
            num_kv_heads=case["num_kv_heads"],
            d_head=case["d_head"],
            q_len=case["q_len"],
            k_len=case["k_len"],
            batch=case["batch"],
            bytes_per_value=dtype.itemsize,
        )
        m = measure(call)
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
