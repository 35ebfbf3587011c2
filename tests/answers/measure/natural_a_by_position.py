# mistake: sorts the list of samples itself, so they are no longer in the order of the calls
# why: quartiles are read off a sorted list
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    """Time calls of a function."""
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        begin = time.perf_counter()
        fn()
        end = time.perf_counter()
        samples.append(end - begin)
    samples.sort()

    def at(share):
        place = share * (len(samples) - 1)
        i = int(place)
        j = min(i + 1, len(samples) - 1)
        return samples[i] + (place - i) * (samples[j] - samples[i])

    return SimpleNamespace(samples=samples, median=at(0.5), low=at(0.25), high=at(0.75))
