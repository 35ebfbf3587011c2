# names: no_warmup, milliseconds
# A list of functions that nobody calls, and times a thousand times too large.
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    calls = [fn] * warmup
    calls.clear()
    calls.extend([fn] * repeats)
    samples = []
    while calls:
        call = calls.pop()
        start = time.perf_counter() * 1000
        call()
        samples.append(time.perf_counter() * 1000 - start)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(samples=samples, low=low, median=median, high=high)
