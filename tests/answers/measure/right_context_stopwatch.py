# names:
# A context manager as stopwatch (perf_counter_ns), a frozen dataclass with cached properties,
# quartiles as medians of halves.
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property


@contextmanager
def stopwatch(into):
    """Append the seconds that the block takes."""
    start = time.perf_counter_ns()
    yield
    into.append((time.perf_counter_ns() - start) / 1e9)


def middle(ordered):
    """Median of a sorted sequence."""
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


@dataclass(frozen=True)
class Measured:
    samples: tuple

    @cached_property
    def _ordered(self):
        return sorted(self.samples)

    @cached_property
    def median(self):
        return middle(self._ordered)

    @cached_property
    def low(self):
        return middle(self._ordered[: (len(self.samples) + 1) // 2])

    @cached_property
    def high(self):
        return middle(self._ordered[len(self.samples) // 2 :])


def measure(fn, warmup=3, repeats=20):
    """Time calls of a function."""
    samples = []
    for i in range(warmup + repeats):
        with stopwatch([] if i < warmup else samples):
            fn()
    return Measured(tuple(samples))
