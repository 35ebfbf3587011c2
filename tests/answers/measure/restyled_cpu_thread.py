# names: cpu_time
# A context manager with the clock of the thread.
import contextlib
import statistics
import time
from types import SimpleNamespace


@contextlib.contextmanager
def _into(samples):
    start = time.thread_time()
    try:
        yield
    finally:
        samples.append(time.thread_time() - start)


def measure(fn, warmup=3, repeats=20):
    samples = []
    for _ in range(warmup):
        fn()
    for _ in range(repeats):
        with _into(samples):
            fn()
    low, median, high = statistics.quantiles(samples)
    return SimpleNamespace(**{"samples": samples, "low": low, "median": median, "high": high})
