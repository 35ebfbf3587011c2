# mistake: counts the FLOPs of the projections as well, which nobody calls here
# why: wants the whole cost of a layer and overlooks that only attend runs
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    out = []
    for case in cases:
        H, H_kv, D = case["num_heads"], case["num_kv_heads"], case["d_head"]
        L_q, L_k, B = case["q_len"], case["k_len"], case["batch"]
        q = torch.randn(B, H, L_q, D).to(dtype)
        k = torch.randn(B, H_kv, L_k, D).to(dtype)
        v = torch.randn(B, H_kv, L_k, D).to(dtype)
        cost = attention_cost(H * D, H, H_kv, D, L_q, L_k, B, q.element_size())
        flops = cost["projection_flops"] + cost["attention_flops"]
        found = measure(lambda: attend(q, k, v))
        row = {**case, "flops": flops, "kv_bytes": cost["kv_bytes"]}
        row["intensity"] = arithmetic_intensity(flops, cost["kv_bytes"])
        for name in ("median", "low", "high"):
            row[name] = getattr(found, name)
        row["samples"] = list(found.samples)
        out.append(row)
    return out
