# mistake: hands measure the result of a call and not a function, which raises an error
# why: writes the call as one would run it
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        q = torch.randn(
            case["batch"], case["num_heads"], case["q_len"], case["d_head"], dtype=dtype
        )
        k = torch.randn(
            case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"], dtype=dtype
        )
        v = torch.randn_like(k)
        cost = attention_cost(
            512,
            case["num_heads"],
            case["num_kv_heads"],
            case["d_head"],
            case["q_len"],
            case["k_len"],
            batch=case["batch"],
            bytes_per_value=q.element_size(),
        )
        result = measure(attend(q, k, v))
        row = dict(case)
        row.update(flops=cost["attention_flops"], kv_bytes=cost["kv_bytes"])
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])
        row.update(median=result.median, low=result.low, high=result.high)
        row["samples"] = list(result.samples)
        rows.append(row)
    return rows
