# names: low_high_swapped
# The nearest ranks are looked up in a list that falls.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    samples = []
    for turn in range(warmup + repeats):
        begin = time.perf_counter()
        fn()
        took = time.perf_counter() - begin
        if turn >= warmup:
            samples.append(took)
    falling = sorted(samples, reverse=True)
    quarter = len(falling) // 4
    return SimpleNamespace(
        samples=samples,
        median=statistics.median(falling),
        low=falling[quarter],
        high=falling[-1 - quarter],
    )
