# names:
# An exact fraction, turned into a float at the end.
from fractions import Fraction


def arithmetic_intensity(flops, bytes_moved):
    exact = Fraction(flops) / Fraction(bytes_moved)
    return float(exact)
