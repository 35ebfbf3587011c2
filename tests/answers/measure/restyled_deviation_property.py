# names: deviation_not_quartiles
# Properties that go one standard deviation away from the median.
import statistics
import time


class _Timing(list):
    @property
    def samples(self):
        return list(self)

    @property
    def median(self):
        return statistics.median(self)

    @property
    def low(self):
        return self.median - statistics.pstdev(self)

    @property
    def high(self):
        return self.median + statistics.pstdev(self)


def measure(fn, warmup=3, repeats=20):
    timing = _Timing()
    for _ in range(warmup):
        fn()
    while len(timing) < repeats:
        start = time.perf_counter()
        fn()
        stop = time.perf_counter()
        timing.append(stop - start)
    return timing
