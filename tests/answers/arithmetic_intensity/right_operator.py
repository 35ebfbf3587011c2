# names:
# The division as a function of the standard library.
import operator
from functools import reduce


def arithmetic_intensity(flops, bytes_moved):
    return float(reduce(operator.truediv, (flops, bytes_moved)))
