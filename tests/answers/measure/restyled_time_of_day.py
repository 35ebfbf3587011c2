# names: time_of_day
# A list of two looks at the wall clock for each call.
import time
from statistics import quantiles
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()

    def look():
        before = time.time()
        fn()
        return time.time() - before

    samples = [look() for _ in range(repeats)]
    low, median, high = quantiles(samples, n=4)
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
