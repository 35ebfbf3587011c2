# names:
# A class whose properties look up quartiles by nearest rank.
import math
import time


class _Stopwatch:
    def __init__(self):
        self.samples = []

    def time(self, fn):
        start = time.perf_counter()
        fn()
        self.samples.append(time.perf_counter() - start)

    def _rank(self, share):
        place = max(1, math.ceil(share * len(self.samples)))
        return sorted(self.samples)[place - 1]

    @property
    def low(self):
        return self._rank(0.25)

    @property
    def median(self):
        return self._rank(0.5)

    @property
    def high(self):
        return self._rank(0.75)


def measure(fn, warmup=3, repeats=20):
    discarded, watch = _Stopwatch(), _Stopwatch()
    for stopwatch, calls in ((discarded, warmup), (watch, repeats)):
        for _ in range(calls):
            stopwatch.time(fn)
    return watch
