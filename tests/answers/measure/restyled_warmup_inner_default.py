# names: warmup_ignored
# The helper that warms up has a number of its own.
import statistics
import time
from types import SimpleNamespace


def _warm(fn, calls=3):
    while calls:
        fn()
        calls -= 1


def measure(fn, warmup=3, repeats=20):
    _warm(fn)
    samples = []
    while len(samples) < repeats:
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
