# names: one_clock_for_all
# timeit makes all calls and gives one number, which is copied.
import itertools
import statistics
import timeit
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    total = timeit.timeit(fn, number=repeats)
    samples = list(itertools.repeat(total / repeats, repeats))
    low, median, high = statistics.quantiles(samples)
    return SimpleNamespace(samples=samples, median=median, low=low, high=high)
