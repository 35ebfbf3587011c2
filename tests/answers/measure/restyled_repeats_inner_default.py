# names: repeats_ignored
# The helper has a number of its own, and nobody hands it the one that was asked for.
import statistics
import time
from types import SimpleNamespace


def _collect(fn, repeats=20):
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        yield time.perf_counter() - start


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = [*_collect(fn)]
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
