# mistake: process_time counts the processor's work, not the seconds that pass: a function that waits takes no time
# why: wants to leave other programs out of the measurement, and picked the clock that seemed to do that
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()

    def timed():
        start = time.process_time()
        fn()
        return time.process_time() - start

    samples = [timed() for _ in range(repeats)]
    low, median, high = statistics.quantiles(samples, n=4)
    return SimpleNamespace(samples=samples, median=median, low=low, high=high)
