# names:
# Rounded up to a whole number.
def arithmetic_intensity(flops, bytes_moved):
    return float(-(-flops // bytes_moved))
