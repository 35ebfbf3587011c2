# names: flops_shrink_with_kv_heads, inverted_ratio
# FLOPs of the KV heads, and bytes per FLOP.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    def row(case):
        q = torch.randn(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        kv = torch.randn(2, case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        q, (k, v) = q.to(dtype), kv.to(dtype)
        timing = measure(lambda: attend(q, k, v))  # noqa: F821
        flops = 4 * k.numel() * case["q_len"]
        kv_bytes = k.nbytes + v.nbytes
        return {
            **case,
            "flops": flops,
            "kv_bytes": kv_bytes,
            "intensity": kv_bytes / flops,
            **{x: getattr(timing, x) for x in ("median", "low", "high", "samples")},
        }

    return [row(case) for case in cases]
