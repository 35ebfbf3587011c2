# names: samples_sorted, min_max_not_quartiles
# A heap is emptied, and its first and last are the limits.
import heapq
import statistics
import time
from dataclasses import dataclass


@dataclass
class _Timing:
    samples: list

    def __post_init__(self):
        self.low, *_, self.high = self.samples
        self.median = statistics.median(self.samples)


def measure(fn, warmup=3, repeats=20):
    heap = []
    for _ in range(warmup):
        fn()
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        heapq.heappush(heap, time.perf_counter() - start)
    return _Timing([heapq.heappop(heap) for _ in range(repeats)])
