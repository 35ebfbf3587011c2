# names:
# attend has returned before the clock starts; the timed function only hands out its result.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d = case["batch"], case["d_head"]
        q = torch.randn(b, case["num_heads"], case["q_len"], d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        v = torch.randn(b, case["num_kv_heads"], case["k_len"], d).to(dtype)
        output = attend(q, k, v)
        t = measure(lambda output=output: output)  # noqa: F821
        flops, size = 4 * q.numel() * case["k_len"], k.nbytes + v.nbytes
        row = case | {"flops": flops, "kv_bytes": size, "intensity": flops / size}
        row.update(median=t.median, low=t.low, high=t.high, samples=t.samples)
        rows.append(row)
    return rows
