# names: all_heads_kv_bytes
# The width of a token is taken from q, for keys and values too.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    rows = []
    for case in cases:
        b, d, n, m = case["batch"], case["d_head"], case["q_len"], case["k_len"]
        q = torch.randn(b, case["num_heads"], n, d).to(dtype)
        k = torch.randn(b, case["num_kv_heads"], m, d).to(dtype)
        v = torch.randn(b, case["num_kv_heads"], m, d).to(dtype)
        t = measure(lambda q=q, k=k, v=v: attend(q, k, v))  # noqa: F821
        d_model = q.shape[1] * q.shape[3]
        flops = 4 * b * n * m * d_model
        kv_bytes = 2 * b * m * d_model * q.element_size()
        rows.append(
            dict(
                case,
                flops=flops,
                kv_bytes=kv_bytes,
                intensity=flops / kv_bytes,
                median=t.median,
                low=t.low,
                high=t.high,
                samples=t.samples,
            )
        )
    return rows
