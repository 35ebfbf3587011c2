# names: not_sorted
# A helper picks the place of a share in the samples as they came.
import time
from dataclasses import dataclass


@dataclass
class Timing:
    samples: list

    def at(self, share):
        return self.samples[int(share * len(self.samples))]

    low = property(lambda self: self.at(0.25))
    median = property(lambda self: self.at(0.5))
    high = property(lambda self: self.at(0.75))


def measure(fn, warmup=3, repeats=20):
    timing = Timing([])
    for i in range(-warmup, repeats):
        start = time.perf_counter_ns()
        fn()
        if i >= 0:
            timing.samples.append((time.perf_counter_ns() - start) / 1e9)
    return timing
