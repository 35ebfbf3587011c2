# names: sum_of_times, ceilings_swapped
# Both wrong quotients, one after the other.
import math


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    ceilings = {"flops": bandwidth, "bytes": peak_flops}
    amounts = {"flops": flops, "bytes": bytes_moved}
    return math.fsum(amounts[unit] / ceilings[unit] for unit in amounts)
