# names: clock_misses_call
# What fn gave is stored between the two looks at the clock; fn ran before.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    results, samples = [], []
    for i in range(warmup + repeats):
        result = fn()
        start = time.perf_counter()
        results.append(result)
        stop = time.perf_counter()
        if i >= warmup:
            samples.append(stop - start)
    low, median, high = statistics.quantiles(samples, n=4)
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
