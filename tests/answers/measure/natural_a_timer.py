# mistake: names the function without calling it between the two looks at the clock
# why: forgets the brackets, which raises no error
import statistics
import time
from types import SimpleNamespace


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()

    def one_call():
        start = time.perf_counter()
        fn
        return time.perf_counter() - start

    samples = [one_call() for _ in range(repeats)]
    quartiles = statistics.quantiles(samples, n=4)
    return SimpleNamespace(
        samples=samples, median=quartiles[1], low=quartiles[0], high=quartiles[2]
    )
