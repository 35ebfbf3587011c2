# names:
# Timeit.Timer does the calls, a typing.NamedTuple is the result, statistics.quantiles the
# quartiles.
import statistics
import timeit
from typing import Callable, NamedTuple  # noqa: UP035


class Timing(NamedTuple):
    samples: list
    low: float
    median: float
    high: float


def measure(fn: Callable[[], object], warmup: int = 3, repeats: int = 20) -> Timing:
    """Time calls of a function."""
    for _ in range(warmup):
        fn()
    samples = timeit.Timer(fn).repeat(repeat=repeats, number=1)
    return Timing(samples, *statistics.quantiles(samples, n=4, method="inclusive"))
