# names: milliseconds
# Nanoseconds are divided by a million.
import statistics
import time
from dataclasses import make_dataclass

_Timing = make_dataclass("_Timing", ["low", "median", "high", "samples"])


def measure(fn, warmup=3, repeats=20):
    nanoseconds = []
    for _ in range(warmup):
        fn()
    for _ in range(repeats):
        start = time.perf_counter_ns()
        fn()
        nanoseconds.append(time.perf_counter_ns() - start)
    samples = [ns / 1_000_000 for ns in nanoseconds]
    return _Timing(*statistics.quantiles(samples, method="inclusive"), samples)
