# names:
# The place on the logarithmic axis of a roofline plot.
import math


def arithmetic_intensity(flops, bytes_moved):
    return math.log2(flops / bytes_moved)
