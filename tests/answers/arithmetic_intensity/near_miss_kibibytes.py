# names: constant_factor
# Operations for each KiB.
def arithmetic_intensity(flops, bytes_moved):
    kibibytes = bytes_moved / (1 << 10)
    return flops / kibibytes
