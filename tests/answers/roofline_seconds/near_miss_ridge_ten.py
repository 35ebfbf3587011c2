# names:
# The ridge is taken to be 10 FLOPs per byte on every machine.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    if flops / bytes_moved < 10:
        return bytes_moved / bandwidth
    return flops / peak_flops
