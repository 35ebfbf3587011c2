# names: warmup_counted
# A wrapper writes down every call, the warm-up calls too.
import functools
import statistics
import time
from types import SimpleNamespace


def _recorded(fn, log):
    @functools.wraps(fn, assigned=())
    def call():
        start = time.perf_counter()
        fn()
        log.append(time.perf_counter() - start)

    return call


def measure(fn, warmup=3, repeats=20):
    log = []
    fn = _recorded(fn, log)
    for _ in range(warmup):
        fn()
    for _ in range(repeats):
        fn()
    low, median, high = statistics.quantiles(log, n=4, method="inclusive")
    return SimpleNamespace(samples=log, low=low, median=median, high=high)
