# names:
# The two times are legs of a triangle.
import math


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return math.hypot(flops / peak_flops, bytes_moved / bandwidth)
