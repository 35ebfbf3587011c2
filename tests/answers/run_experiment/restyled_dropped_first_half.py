# names: slow_samples_dropped
# Ten samples are enough for a table; the rest is cut off.
import torch

KEEP = slice(0, 10)


def run_experiment(attend, cases, dtype=torch.float32):
    def columns(case):
        q = torch.randn(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        k = torch.randn(case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        q, k, v = q.to(dtype), k.to(dtype), torch.randn(k.shape).to(dtype)
        flops = 4 * q.numel() * case["k_len"]
        yield "flops", flops
        yield "kv_bytes", 2 * k.nbytes
        yield "intensity", flops / (2 * k.nbytes)
        timed = measure(lambda: attend(q, k, v))  # noqa: F821
        for name in ("median", "low", "high"):
            yield name, getattr(timed, name)
        yield "samples", timed.samples[KEEP]

    return [{**case, **dict(columns(case))} for case in cases]
