# names: minimum_not_median
# The top of a heap is taken for its middle.
import heapq
import statistics
import time


class _Timing:
    def __init__(self, samples):
        self.samples = samples
        heap = list(samples)
        heapq.heapify(heap)
        self.median = heap[0]
        self.low, _, self.high = statistics.quantiles(samples, n=4)


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()

    def one(_):
        start = time.monotonic()
        fn()
        return time.monotonic() - start

    return _Timing(list(map(one, range(repeats))))
