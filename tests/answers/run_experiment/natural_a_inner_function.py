# mistake: draws new inputs inside the timed function
# why: everything that a call needs is put into one function, to be passed on easily
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    """Time ``attend`` for each case and count its cost."""
    size = torch.empty(0, dtype=dtype).element_size()
    results = []
    for case in cases:

        def step():
            q = torch.randn(
                case["batch"], case["num_heads"], case["q_len"], case["d_head"], dtype=dtype
            )
            k = torch.randn(
                case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"], dtype=dtype
            )
            v = torch.randn_like(k)
            return attend(q, k, v)

        cost = attention_cost(
            1,
            case["num_heads"],
            case["num_kv_heads"],
            case["d_head"],
            case["q_len"],
            case["k_len"],
            case["batch"],
            size,
        )
        m = measure(step)
        row = dict(case)
        row["flops"] = cost["attention_flops"]
        row["kv_bytes"] = cost["kv_bytes"]
        row["intensity"] = arithmetic_intensity(row["flops"], row["kv_bytes"])
        row["median"], row["low"], row["high"] = m.median, m.low, m.high
        row["samples"] = list(m.samples)
        results.append(row)
    return results
