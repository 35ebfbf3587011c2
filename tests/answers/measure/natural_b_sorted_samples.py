# mistake: sorts the samples in place for the quartiles, so they are not in the order of the calls any more
# why: sort() is the first step of every median in a textbook
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    samples.sort()

    def quantile(p):
        place = p * (len(samples) - 1)
        below = int(place)
        above = min(below + 1, len(samples) - 1)
        return samples[below] + (place - below) * (samples[above] - samples[below])

    return SimpleNamespace(
        samples=samples, low=quantile(0.25), median=quantile(0.5), high=quantile(0.75)
    )
