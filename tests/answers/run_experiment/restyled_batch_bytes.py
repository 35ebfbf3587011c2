# names: batch_forgotten
# The FLOPs are those of the batch, the bytes those of its first sequence.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    def row(case):
        q = torch.randn(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        kv = torch.randn(2, case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        q, (k, v) = q.to(dtype), kv.to(dtype)
        timing = measure(lambda: attend(q, k, v))  # noqa: F821
        flops = 2 * 2 * q.numel() * case["k_len"]
        kv_bytes = k[0].nbytes + v[0].nbytes
        return dict(
            case,
            flops=flops,
            kv_bytes=kv_bytes,
            intensity=flops / kv_bytes,
            median=timing.median,
            low=timing.low,
            high=timing.high,
            samples=timing.samples,
        )

    return list(map(row, cases))
