# Whole nanoseconds, turned into seconds at the end.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    nanoseconds = []
    for _ in range(repeats):
        start = time.perf_counter_ns()
        fn()
        nanoseconds.append(time.perf_counter_ns() - start)
    samples = [each / 1e9 for each in nanoseconds]
    low, median, high = statistics.quantiles(samples, n=4)
    return SimpleNamespace(median=median, low=low, high=high, samples=samples)
