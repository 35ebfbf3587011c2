# names:
# The standard library's timeit makes the calls.
import argparse
import statistics
import timeit


def measure(fn, warmup=3, repeats=20):
    timeit.timeit(fn, number=warmup)
    samples = timeit.repeat(fn, number=1, repeat=repeats)
    low, _, high = statistics.quantiles(samples, method="inclusive")
    median = statistics.median(samples)
    return argparse.Namespace(samples=samples, median=median, low=low, high=high)
