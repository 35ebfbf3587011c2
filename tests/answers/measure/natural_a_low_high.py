# mistake: low and high are the fastest and the slowest call, not the quartiles
# why: takes the names low and high at their word
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    [fn() for _ in range(warmup)]
    samples = []
    for _ in range(repeats):
        t0 = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - t0)
    return SimpleNamespace(
        samples=samples,
        median=statistics.median(samples),
        low=min(samples),
        high=max(samples),
    )
