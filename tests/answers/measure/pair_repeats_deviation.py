# names: repeats_ignored, deviation_not_quartiles
# Always twenty calls, and one standard deviation on either side of the mean.
import statistics
import time
from types import SimpleNamespace

_CALLS = 20


def measure(fn, warmup=3, repeats=_CALLS):
    for _ in range(warmup):
        fn()
    samples = []
    while len(samples) != _CALLS:
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    shape = statistics.NormalDist.from_samples(samples)
    return SimpleNamespace(
        samples=samples,
        median=statistics.median(samples),
        low=shape.mean - shape.stdev,
        high=shape.mean + shape.stdev,
    )
