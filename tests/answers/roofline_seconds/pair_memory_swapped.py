# names: memory_only, ceilings_swapped
# Bytes at the speed of the arithmetic.
from operator import truediv


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    times = map(truediv, (flops, bytes_moved), (bandwidth, peak_flops))
    *_, last = times
    return last
