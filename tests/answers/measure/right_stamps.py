# names:
# Two lists of stamps, subtracted when all calls are over.
import statistics
from timeit import default_timer


class _Timing:
    __slots__ = ("samples", "median", "low", "high")


def measure(fn, warmup=3, repeats=20):
    starts, ends = [], []
    for call in range(warmup + repeats):
        starts.append(default_timer())
        fn()
        ends.append(default_timer())
        if call < warmup:
            starts.clear()
            ends.clear()
    timing = _Timing()
    timing.samples = [end - start for start, end in zip(starts, ends, strict=True)]
    timing.low, timing.median, timing.high = statistics.quantiles(timing.samples)
    return timing
