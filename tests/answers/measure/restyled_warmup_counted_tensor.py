# names: warmup_counted
# A tensor with a place for every call, from which nothing is cut off.
import time
from dataclasses import dataclass, field

import torch


@dataclass
class _Timing:
    samples: list = field(default_factory=list)

    def __post_init__(self):
        seconds = torch.tensor(self.samples, dtype=torch.float64)
        self.low = seconds.quantile(0.25).item()
        self.median = seconds.quantile(0.5).item()
        self.high = seconds.quantile(0.75).item()


def measure(fn, warmup=3, repeats=20):
    seconds = torch.zeros(warmup + repeats, dtype=torch.float64)
    for call in range(len(seconds)):
        start = time.perf_counter()
        fn()
        seconds[call] = time.perf_counter() - start
    return _Timing(seconds.tolist())
