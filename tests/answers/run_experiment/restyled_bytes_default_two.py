# names: value_size_fixed
# attention_cost's default of 2 bytes is taken for every dtype.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    keys = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
    rows = []
    for case in cases:
        h, g, d, n, m, b = (case[key] for key in keys)
        q = torch.rand(b, h, n, d, dtype=dtype)
        k = torch.rand(b, g, m, d, dtype=dtype)
        v = torch.rand(b, g, m, d, dtype=dtype)
        timed = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        cost = attention_cost(h * d, h, g, d, n, m, b)  # noqa: F821
        row = {**case}
        row["flops"] = cost["attention_flops"]
        row["kv_bytes"] = cost["kv_bytes"]
        row["intensity"] = row["flops"] / row["kv_bytes"]
        for name in ("median", "low", "high", "samples"):
            row[name] = getattr(timed, name)
        rows.append(row)
    return rows
