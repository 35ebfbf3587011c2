# mistake: divides with //, so half a FLOP per byte becomes 0
# why: both arguments are whole numbers, and in C++ the slash would do just that
def arithmetic_intensity(flops, bytes_moved):
    return float(flops // bytes_moved)
