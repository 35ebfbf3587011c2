# names:
# A generator of endless times, of which the first are skipped without the clock.
import itertools
import time
from collections import deque


def _times(fn):
    while True:
        start = time.perf_counter()
        fn()
        yield time.perf_counter() - start


def _between(ordered, share):
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def measure(fn, warmup=3, repeats=20):
    deque((fn() for _ in range(warmup)), maxlen=0)
    samples = list(itertools.islice(_times(fn), repeats))
    ordered = sorted(samples)
    summary = {
        name: _between(ordered, k / 4) for k, name in enumerate(("low", "median", "high"), 1)
    }
    return type("Timing", (), {"samples": samples, **summary})()
