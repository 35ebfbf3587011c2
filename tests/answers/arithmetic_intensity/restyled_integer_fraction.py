# names: integer_division
# A fraction is cut to an int.
from fractions import Fraction


def arithmetic_intensity(flops, bytes_moved):
    return int(Fraction(flops) / Fraction(bytes_moved))
