# names:
# The clock's columns are a dict comprehension over its attributes.
import torch

CLOCK = ("median", "low", "high", "samples")


def tensors(case, dtype):
    shapes = [(case["num_heads"], case["q_len"])] + 2 * [(case["num_kv_heads"], case["k_len"])]
    return [
        torch.randn(case["batch"], heads, length, case["d_head"]).type(dtype)
        for heads, length in shapes
    ]


def run_experiment(attend, cases, dtype=torch.float32):
    def one(case):
        qkv = tensors(case, dtype)
        timing = measure(lambda: attend(*qkv))  # noqa: F821
        macs = qkv[0].numel() * case["k_len"] * 2
        read = sum(x.numel() * x.itemsize for x in qkv[1:])
        counts = {"flops": 2 * macs, "kv_bytes": read, "intensity": 2 * macs / read}
        return {**case, **counts, **{name: getattr(timing, name) for name in CLOCK}}

    return [one(case) for case in cases]
