# mistake: `i > warmup` throws away one call more than the warm-up, so there are repeats - 1 samples
# why: one loop for everything, and counting from 0
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    samples = []
    for i in range(warmup + repeats):
        start = time.perf_counter()
        fn()
        seconds = time.perf_counter() - start
        if i > warmup:
            samples.append(seconds)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, median=median, low=low, high=high)
