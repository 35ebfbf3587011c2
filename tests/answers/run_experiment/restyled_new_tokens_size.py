# names: new_tokens_bytes_only
# Keys and values of the tokens that come in, as if the cache cost nothing.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    table = []
    for case in cases:
        shape = [case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"]]
        k, v = torch.rand(shape).to(dtype), torch.rand(shape).to(dtype)
        q = torch.rand(shape[0], case["num_heads"], case["q_len"], shape[3]).to(dtype)
        timed = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        added = case["batch"] * case["q_len"] * case["num_kv_heads"] * case["d_head"]
        written = 2 * added * dtype.itemsize
        flops = 4 * q.numel() * case["k_len"]
        line = {**case, "flops": flops, "kv_bytes": written}
        line["intensity"] = arithmetic_intensity(flops, written)  # noqa: F821
        line |= {"median": timed.median, "low": timed.low, "high": timed.high}
        line["samples"] = timed.samples
        table.append(line)
    return table
