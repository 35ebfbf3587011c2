# names: constant_factor
# The right time in milliseconds.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    seconds = max((flops / peak_flops, bytes_moved / bandwidth))
    return 1e3 * seconds
