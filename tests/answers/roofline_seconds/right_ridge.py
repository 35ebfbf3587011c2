# names:
# The side of the ridge decides which time is computed.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    ridge = peak_flops / bandwidth
    if flops > ridge * bytes_moved:
        return flops / peak_flops
    return bytes_moved / bandwidth
