# names:
# How long one unit is idle while the other works.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    first, second = sorted((flops / peak_flops, bytes_moved / bandwidth))
    return second - first
