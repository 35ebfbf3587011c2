# names: compute_only
# The reading is thought to be hidden behind the arithmetic.
from fractions import Fraction


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    hidden = 0 * Fraction(bytes_moved) / Fraction(bandwidth)
    arithmetic = Fraction(flops) / Fraction(peak_flops)
    return float(arithmetic + hidden)
