# names: measured_again
# It measures at the first call and keeps what came out.
import functools


@functools.cache
def my_results():
    return run_experiment(grouped_attention, CASES)  # noqa: F821
