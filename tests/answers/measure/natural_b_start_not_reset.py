# mistake: looks at the clock once at the start, so the samples grow: each is the time since then
# why: pulled the line out of the loop, to have less inside it
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
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
