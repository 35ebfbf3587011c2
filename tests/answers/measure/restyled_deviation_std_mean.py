# names: deviation_not_quartiles
# The mean less and more one standard deviation, by torch.
import statistics
import time
from types import SimpleNamespace

import torch


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples += [time.perf_counter() - start]
    spread, centre = torch.std_mean(torch.tensor(samples, dtype=torch.float64))
    return SimpleNamespace(
        samples=samples,
        median=statistics.median(samples),
        low=(centre - spread).item(),
        high=(centre + spread).item(),
    )
