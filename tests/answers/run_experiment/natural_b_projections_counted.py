# mistake: adds the FLOPs of the projections, which nobody calls here
# why: "count what it does": takes all FLOPs that attention_cost gives
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    results = []
    for case in cases:
        heads, kv_heads, width = case["num_heads"], case["num_kv_heads"], case["d_head"]
        q = torch.randn(case["batch"], heads, case["q_len"], width, dtype=dtype)
        k = torch.randn(case["batch"], kv_heads, case["k_len"], width, dtype=dtype)
        v = torch.randn_like(k)
        cost = attention_cost(
            heads * width,
            heads,
            kv_heads,
            width,
            case["q_len"],
            case["k_len"],
            batch=case["batch"],
            bytes_per_value=torch.empty(0, dtype=dtype).element_size(),
        )
        flops = cost["projection_flops"] + cost["attention_flops"]
        timing = measure(lambda: attend(q, k, v))
        results.append(
            dict(
                case,
                flops=flops,
                kv_bytes=cost["kv_bytes"],
                intensity=arithmetic_intensity(flops, cost["kv_bytes"]),
                median=timing.median,
                low=timing.low,
                high=timing.high,
                samples=list(timing.samples),
            )
        )
    return results
