# names: mean_not_median
# The middle one of three numbers by torch is the mean.
import time
from types import SimpleNamespace

import torch


def measure(fn, warmup=3, repeats=20):
    samples = []
    while len(samples) < warmup + repeats:
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    samples = samples[warmup:]
    t = torch.tensor(samples, dtype=torch.float64)
    low, high = (torch.quantile(t, cut).item() for cut in (0.25, 0.75))
    return SimpleNamespace(low=low, median=t.mean().item(), high=high, samples=samples)
