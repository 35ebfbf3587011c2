# names: bytes_forgotten
# numel of keys and values, called bytes.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    out = []
    for c in cases:
        q = torch.empty(c["batch"], c["num_heads"], c["q_len"], c["d_head"], dtype=dtype).normal_()
        shape = (c["batch"], c["num_kv_heads"], c["k_len"], c["d_head"])
        k = torch.empty(shape, dtype=dtype).normal_()
        v = torch.empty(shape, dtype=dtype).normal_()
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        flops = 4 * c["batch"] * c["num_heads"] * c["q_len"] * c["k_len"] * c["d_head"]
        kv_bytes = k.numel() + v.numel()
        out.append(
            c
            | {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}
            | {"median": t.median, "low": t.low, "high": t.high, "samples": t.samples}
        )
    return out
