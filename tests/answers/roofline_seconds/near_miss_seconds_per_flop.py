# names:
# The seconds for a single operation.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    rate = min(peak_flops, flops / bytes_moved * bandwidth)
    return 1 / rate
