# names: integer_division, one_flop_per_multiply_add
# Whole multiply-adds for each byte.
import math


def arithmetic_intensity(flops, bytes_moved):
    multiply_adds = flops / 2
    return float(math.floor(multiply_adds / bytes_moved))
