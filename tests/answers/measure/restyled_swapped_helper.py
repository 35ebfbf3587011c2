# names: warmup_and_repeats_swapped
# A helper takes the two numbers in the other order.
import statistics
import time
from types import SimpleNamespace


def _sampled(fn, repeats, warmup):
    marks = []
    for _ in range(warmup + repeats):
        start = time.perf_counter()
        fn()
        marks.append(time.perf_counter() - start)
    return marks[warmup:]


def measure(fn, warmup=3, repeats=20):
    samples = _sampled(fn, warmup, repeats)
    low, median, high = statistics.quantiles(samples, n=4) if repeats > 1 else 3 * samples
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
