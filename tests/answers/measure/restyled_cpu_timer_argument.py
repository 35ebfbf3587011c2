# names: cpu_time
# timeit is given the clock of the process.
import statistics
import time
import timeit
from typing import NamedTuple


class _Timing(NamedTuple):
    low: float
    median: float
    high: float
    samples: list


def measure(fn, warmup=3, repeats=20):
    timer = timeit.Timer(fn, timer=time.process_time)
    timer.timeit(warmup)
    samples = timer.repeat(repeat=repeats, number=1)
    return _Timing(*statistics.quantiles(samples, n=4, method="inclusive"), samples)
