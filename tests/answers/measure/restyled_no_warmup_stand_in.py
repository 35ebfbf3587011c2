# names: no_warmup
# The clock is warmed up with an empty function in place of the one that is measured.
import statistics
import time
from collections import namedtuple

_Timing = namedtuple("_Timing", "low median high samples")


def _timed(call, times):
    samples = []
    for _ in range(times):
        tick = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - tick) * 1e-9)
    return samples


def measure(fn, warmup=3, repeats=20):
    _timed(lambda: None, warmup)
    samples = _timed(fn, repeats)
    return _Timing(*statistics.quantiles(samples), samples)
