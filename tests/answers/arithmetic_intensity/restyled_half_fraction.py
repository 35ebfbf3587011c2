# names: one_flop_per_multiply_add
# The bytes are doubled in place of halving the operations.
from fractions import Fraction


def arithmetic_intensity(flops, bytes_moved):
    a_multiply_add = 2
    return float(Fraction(flops) / (a_multiply_add * Fraction(bytes_moved)))
