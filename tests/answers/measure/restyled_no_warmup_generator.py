# names: no_warmup
# The generator of the warm-up calls is never consumed.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    warm = (fn() for _ in range(warmup))

    def sample():
        start = time.perf_counter()
        fn()
        return time.perf_counter() - start

    samples = [sample() for _ in range(repeats)]
    del warm
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(median=median, low=low, high=high, samples=samples)
