# names:
# A class that is callable does the work of one row; properties count.
import torch


class Trial:
    def __init__(self, attend, case, dtype):
        self.attend, self.case, self.dtype = attend, case, dtype
        self.q = self.draw(case["num_heads"], case["q_len"])
        self.k = self.draw(case["num_kv_heads"], case["k_len"])
        self.v = self.draw(case["num_kv_heads"], case["k_len"])

    def draw(self, heads, length):
        shape = self.case["batch"], heads, length, self.case["d_head"]
        return torch.rand(shape, dtype=self.dtype)

    def __call__(self):
        self.attend(self.q, self.k, self.v)

    @property
    def flops(self):
        pairs = self.q.shape[0] * self.q.shape[1] * self.q.shape[2] * self.k.shape[2]
        return pairs * self.q.shape[3] * 2 * 2

    @property
    def kv_bytes(self):
        return self.k.nbytes + self.v.nbytes

    def row(self):
        timing = measure(self)  # noqa: F821
        return self.case | {
            "flops": self.flops,
            "kv_bytes": self.kv_bytes,
            "intensity": arithmetic_intensity(self.flops, self.kv_bytes),  # noqa: F821
            "median": timing.median,
            "low": timing.low,
            "high": timing.high,
            "samples": list(timing.samples),
        }


def run_experiment(attend, cases, dtype=torch.float32):
    return [Trial(attend, case, dtype).row() for case in cases]
