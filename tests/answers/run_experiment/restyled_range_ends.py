# names: min_max_not_quartiles
# low and high are the ends of the range.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    def experiment(case):
        b, h, g, d = (case[x] for x in ("batch", "num_heads", "num_kv_heads", "d_head"))
        n, m = case["q_len"], case["k_len"]
        q, k, v = (torch.randn(b, i, j, d).to(dtype) for i, j in ((h, n), (g, m), (g, m)))
        timed = measure(lambda: attend(q, k, v))  # noqa: F821
        low, *_, high = sorted(timed.samples)
        flops, size = 4 * b * h * n * m * d, 2 * b * g * m * d * dtype.itemsize
        counts = dict(flops=flops, kv_bytes=size, intensity=flops / size)
        return case | counts | dict(median=timed.median, low=low, high=high, samples=timed.samples)

    return [experiment(case) for case in cases]
