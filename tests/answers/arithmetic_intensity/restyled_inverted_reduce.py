# names: inverted_ratio
# The two stand in the wrong order in the list that is folded.
from functools import reduce


def arithmetic_intensity(flops, bytes_moved):
    return reduce(lambda a, b: a / b, [float(bytes_moved), flops])
