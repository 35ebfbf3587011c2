# names: warmup_counted, mean_not_median
# All calls are timed, and the middle is their mean.
import itertools
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    samples = []
    for _ in itertools.chain(range(warmup), range(repeats)):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    low, _, high = statistics.quantiles(samples)
    centre = sum(samples) / len(samples)
    return SimpleNamespace(samples=samples, low=low, median=centre, high=high)
