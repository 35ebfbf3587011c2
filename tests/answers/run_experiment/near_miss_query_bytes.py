# names:
# The bytes of the queries are counted with those of keys and values.
import torch


def run_experiment(attend, cases, dtype=torch.float32):
    def one(case):
        shapes = [(case["num_heads"], case["q_len"])] + 2 * [(case["num_kv_heads"], case["k_len"])]
        qkv = [torch.randn(case["batch"], h, n, case["d_head"]).to(dtype) for h, n in shapes]
        timing = measure(lambda: attend(*qkv))  # noqa: F821
        flops = qkv[0].numel() * case["k_len"] * 4
        read = sum(x.nbytes for x in qkv)
        counts = {"flops": flops, "kv_bytes": read, "intensity": flops / read}
        return {
            **case,
            **counts,
            "median": timing.median,
            "low": timing.low,
            "high": timing.high,
            "samples": timing.samples,
        }

    return [one(case) for case in cases]
