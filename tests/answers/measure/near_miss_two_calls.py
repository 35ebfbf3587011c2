# names:
# Two calls for each sample.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    def both():
        fn()
        fn()

    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        both()
        samples.append(time.perf_counter() - start)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
