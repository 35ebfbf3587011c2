# names:
# Quantiles by torch, in double precision.
import time
from types import SimpleNamespace

import torch


def measure(fn, warmup=3, repeats=20):
    seconds = torch.empty(warmup + repeats, dtype=torch.float64)
    for i in range(warmup + repeats):
        seconds[i] = -time.perf_counter()
        fn()
        seconds[i] += time.perf_counter()
    seconds = seconds[warmup:]
    cuts = torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64)
    low, median, high = torch.quantile(seconds, cuts).tolist()
    return SimpleNamespace(samples=seconds.tolist(), low=low, median=median, high=high)
