# names: rate_not_seconds
# The operations are divided by the right time.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    seconds = sorted([flops / peak_flops, bytes_moved / bandwidth]).pop()
    return flops / seconds
