# mistake: does not tell attention_cost how many bytes a number has, so float32 is counted with 2
# why: the default value of another function is easy to forget
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    table = []
    sizes = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
    for case in cases:
        H, H_kv, d, L_q, L_k, B = (case[name] for name in sizes)
        q = torch.randn(B, H, L_q, d, dtype=dtype)
        k, v = (torch.randn(B, H_kv, L_k, d, dtype=dtype) for _ in range(2))
        cost = attention_cost(d_model=H * d, **{name: case[name] for name in sizes})
        flops, kv_bytes = cost["attention_flops"], cost["kv_bytes"]
        found = measure(lambda: attend(q, k, v))
        table.append(
            case
            | {"flops": flops, "kv_bytes": kv_bytes}
            | {"intensity": arithmetic_intensity(flops, kv_bytes)}
            | {"median": found.median, "low": found.low, "high": found.high}
            | {"samples": list(found.samples)}
        )
    return table
