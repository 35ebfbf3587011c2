# names:
# The latest call comes first.
import statistics
import time
from collections import deque
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = deque()
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.appendleft(time.perf_counter() - start)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=list(samples), low=low, median=median, high=high)
