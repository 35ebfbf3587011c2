# names: samples_sorted
# Each time is inserted at its place, so that the ranks are ready.
import bisect
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    ranked = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        bisect.insort(ranked, time.perf_counter() - start)

    def at(share):
        whole, rest = divmod(share * (len(ranked) - 1), 4)
        upper = ranked[min(whole + 1, len(ranked) - 1)]
        return ranked[whole] + rest / 4 * (upper - ranked[whole])

    return SimpleNamespace(samples=ranked, low=at(1), median=at(2), high=at(3))
