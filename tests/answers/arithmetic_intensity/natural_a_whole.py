# mistake: divides without a remainder, so half a FLOP per byte becomes 0
# why: all other counts of these units are whole numbers with //
def arithmetic_intensity(flops, bytes_moved):
    """Arithmetic intensity (Williams et al. 2009)."""
    return float(flops // bytes_moved)
