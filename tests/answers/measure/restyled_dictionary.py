# names: parts_without_names
# A dictionary, which has keys and no attributes.
import statistics
import time


def measure(fn, warmup=3, repeats=20):
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    summary = dict(zip(("low", "median", "high"), statistics.quantiles(samples), strict=True))
    summary["samples"] = samples
    return summary
