# names: slow_samples_dropped
# Times above the upper fence of a box plot are masked out.
import time
from types import SimpleNamespace

import torch


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    times = torch.zeros(repeats, dtype=torch.float64)
    for i in range(repeats):
        start = time.perf_counter()
        fn()
        times[i] = time.perf_counter() - start
    cuts = torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64)
    first, _, third = times.quantile(cuts)
    times = times[times <= third + 1.5 * (third - first)]
    low, median, high = times.quantile(cuts).tolist()
    return SimpleNamespace(samples=times.tolist(), low=low, median=median, high=high)
