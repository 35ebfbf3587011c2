# either: one_flop_per_multiply_add, scores_only, causal_half
# Multiply-adds of two products.
import torch


def macs(m, n, p):
    return m * n * p


def run_experiment(attend, cases, dtype=torch.float32):
    def experiment(case):
        b, h, g, d = (case[x] for x in ("batch", "num_heads", "num_kv_heads", "d_head"))
        n, m = case["q_len"], case["k_len"]
        q, k, v = (torch.randn(b, i, j, d).to(dtype) for i, j in ((h, n), (g, m), (g, m)))
        time_taken = measure(lambda: attend(q, k, v))  # noqa: F821
        flops = b * h * (macs(n, d, m) + macs(n, m, d))
        kv_bytes = b * g * m * (d + d) * dtype.itemsize
        new = (flops, kv_bytes, flops / kv_bytes)
        return {
            **case,
            **dict(zip(("flops", "kv_bytes", "intensity"), new, strict=True)),
            **{s: getattr(time_taken, s) for s in ("median", "low", "high", "samples")},
        }

    return [experiment(case) for case in cases]
