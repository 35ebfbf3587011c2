# names: cpu_time, low_high_swapped
# The processor's clock, and quartiles that are unpacked from the wrong end.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.process_time_ns()
        fn()
        samples.append((time.process_time_ns() - start) / 10**9)
    high, median, low = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
