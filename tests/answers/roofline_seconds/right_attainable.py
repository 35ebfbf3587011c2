# names:
# Operations over the attainable rate, and the reading alone where there are none.
import math


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    if not flops:
        return bytes_moved / bandwidth
    intensity = flops / bytes_moved if bytes_moved else math.inf
    return flops / min(peak_flops, intensity * bandwidth)
