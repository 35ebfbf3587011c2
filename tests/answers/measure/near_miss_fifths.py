# names:
# The second and the third fifth in place of the quartiles.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    cuts = statistics.quantiles(samples, n=5, method="inclusive")
    return SimpleNamespace(
        samples=samples, low=cuts[1], median=statistics.median(samples), high=cuts[2]
    )
