# names:
# The two ceilings as pairs in a dictionary, the slower one by max over itertools.starmap.
from itertools import starmap
from operator import truediv


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    """Least time by the roofline model."""
    work = {"arithmetic": (flops, peak_flops), "memory": (bytes_moved, bandwidth)}
    return float(max(starmap(truediv, work.values())))
