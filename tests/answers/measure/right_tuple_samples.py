# names:
# A context manager takes the times; the samples end up in a tuple.
import contextlib
import statistics
import time
from types import SimpleNamespace


@contextlib.contextmanager
def _clock(times):
    start = time.monotonic()
    yield
    times.append(time.monotonic() - start)


def measure(fn, warmup=3, repeats=20):
    times = []
    for turn in range(-warmup, repeats):
        with _clock(times) if turn >= 0 else contextlib.nullcontext():
            fn()
    ordered = sorted(times)
    half = len(ordered) // 2
    return SimpleNamespace(
        samples=tuple(times),
        median=statistics.median(ordered),
        low=statistics.median(ordered[:half]),
        high=statistics.median(ordered[-half:]),
    )
