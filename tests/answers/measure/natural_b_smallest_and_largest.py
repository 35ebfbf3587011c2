# mistake: low and high are the smallest and the largest sample instead of the quartiles
# why: that is what the words low and high say; the docstring was read too fast
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        before = time.perf_counter()
        fn()
        after = time.perf_counter()
        samples.append(after - before)
    return SimpleNamespace(
        samples=samples,
        median=statistics.median(samples),
        low=min(samples),
        high=max(samples),
    )
