# names:
# The median is the latest sample.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    low, _, high = statistics.quantiles(samples, n=4)
    return SimpleNamespace(samples=samples, low=low, median=samples[-1], high=high)
