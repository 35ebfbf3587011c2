# names:
# A named tuple, nanoseconds that become seconds, and quartiles by the exclusive method.
import statistics
import time
from typing import NamedTuple


class _Result(NamedTuple):
    samples: list
    low: float
    median: float
    high: float


def measure(fn, warmup=3, repeats=20):
    left = warmup
    while left > 0:
        fn()
        left -= 1
    samples = []
    while len(samples) < repeats:
        before = time.perf_counter_ns()
        fn()
        after = time.perf_counter_ns()
        samples.append((after - before) / 1e9)
    return _Result(samples, *statistics.quantiles(samples, n=4, method="exclusive"))
