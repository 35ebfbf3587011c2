# mistake: all prepared calls use the inputs of the last case, since a lambda looks its names up when it is called
# why: makes all inputs first to keep them away from the clock
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    calls = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d, dtype=dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d, dtype=dtype)
        calls.append(lambda: attend(q, k, v))
    rows = []
    for case, call in zip(cases, calls, strict=True):
        names = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
        cost = attention_cost(
            d_model=64, bytes_per_value=dtype.itemsize, **{name: case[name] for name in names}
        )
        flops, kv_bytes = cost["attention_flops"], cost["kv_bytes"]
        t = measure(call)
        rows.append(
            case
            | {"flops": flops, "kv_bytes": kv_bytes}
            | {"intensity": arithmetic_intensity(flops, kv_bytes)}
            | {"median": t.median, "low": t.low, "high": t.high, "samples": list(t.samples)}
        )
    return rows
