# mistake: the clock is started once before all calls, so the samples are times since the start and grow
# why: puts the start in front of the loop, as for a total time
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    start = time.perf_counter()
    for _ in range(repeats):
        fn()
        samples.append(time.perf_counter() - start)
    low, median, high = statistics.quantiles(samples, n=4)
    return SimpleNamespace(samples=samples, median=median, low=low, high=high)
