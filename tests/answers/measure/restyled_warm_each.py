# names: warmup_in_every_repeat
# The warm-up is made again before each timed call.
import statistics
import time
from types import SimpleNamespace


def _warm_sample(fn, warmup):
    for _ in range(warmup):
        fn()
    start = time.perf_counter()
    fn()
    return time.perf_counter() - start


def measure(fn, warmup=3, repeats=20):
    samples = [_warm_sample(fn, warmup) for _ in range(repeats)]
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
