# names: bits_for_bytes
# torch.finfo tells the size of a number, in bits.
import torch


class Row:
    def __init__(self, attend, case, dtype):
        self.case = case
        self.q = torch.randn(case["batch"], case["num_heads"], case["q_len"], case["d_head"])
        self.k = torch.randn(case["batch"], case["num_kv_heads"], case["k_len"], case["d_head"])
        self.v = torch.randn_like(self.k)
        self.q, self.k, self.v = (x.to(dtype) for x in (self.q, self.k, self.v))
        self.attend = attend
        self.width = torch.finfo(dtype).bits

    def call(self):
        return self.attend(self.q, self.k, self.v)

    def as_dict(self):
        timed = measure(self.call)  # noqa: F821
        flops = 4 * self.q.numel() * self.k.shape[2]
        size = (self.k.numel() + self.v.numel()) * self.width
        return {
            **self.case,
            "flops": flops,
            "kv_bytes": size,
            "intensity": arithmetic_intensity(flops, size),  # noqa: F821
            "median": timed.median,
            "low": timed.low,
            "high": timed.high,
            "samples": timed.samples,
        }


def run_experiment(attend, cases, dtype=torch.float32):
    return [Row(attend, case, dtype).as_dict() for case in cases]
