# names:
# Two cells; a dataclass per case with a __call__ that attends, counts by plain formulas (no
# attention_cost), asdict and |.
from dataclasses import asdict, dataclass

import torch


@dataclass
class Counts:
    flops: int
    kv_bytes: int
    intensity: float


class Call:
    """One case with its inputs; calling it is what gets timed."""

    __slots__ = ("attend", "inputs")

    def __init__(self, attend, case, dtype):
        self.attend = attend
        shapes = [("num_heads", "q_len")] + [("num_kv_heads", "k_len")] * 2
        self.inputs = [
            torch.randn(case["batch"], case[heads], case[length], case["d_head"]).to(dtype)
            for heads, length in shapes
        ]

    def __call__(self):
        return self.attend(*self.inputs)

    def count(self):
        q, k, v = self.inputs
        flops = 4 * q.numel() * k.shape[2]
        moved = sum(each.numel() * each.element_size() for each in (k, v))
        return Counts(flops, moved, flops / moved)


# %%
def run_experiment(attend, cases, dtype=torch.float32):
    """Time ``attend`` for each case and count its cost."""
    rows = []
    for case in cases:
        call = Call(attend, case, dtype)
        timed = measure(call)  # noqa: F821
        seconds = {name: float(getattr(timed, name)) for name in ("median", "low", "high")}
        row = dict(case) | asdict(call.count()) | seconds | {"samples": list(timed.samples)}
        rows.append(row)
    return rows
