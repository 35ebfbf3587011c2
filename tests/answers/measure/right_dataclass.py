# names:
# A frozen dataclass, filled by a comprehension over a helper.
import statistics
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class _Timing:
    median: float
    low: float
    high: float
    samples: list


def _seconds_of(call):
    begin = perf_counter()
    call()
    end = perf_counter()
    return end - begin


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = [_seconds_of(fn) for _ in range(repeats)]
    quarters = statistics.quantiles(samples, n=4, method="inclusive")
    return _Timing(low=quarters[0], median=quarters[1], high=quarters[2], samples=samples)
