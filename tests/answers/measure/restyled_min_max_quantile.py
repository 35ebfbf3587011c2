# names: min_max_not_quartiles
# The quantiles 0, 1/2 and 1.
import time
from collections import namedtuple

import torch

_Summary = namedtuple("_Summary", ["samples", "low", "median", "high"])


def measure(fn, warmup=3, repeats=20):
    [fn() for _ in range(warmup)]
    samples = []
    for _ in range(repeats):
        samples.append(-time.perf_counter())
        fn()
        samples[-1] += time.perf_counter()
    cuts = torch.linspace(0, 1, 3, dtype=torch.float64)
    return _Summary(samples, *torch.tensor(samples, dtype=torch.float64).quantile(cuts).tolist())
