# mistake: adds the two times in place of taking the larger one
# why: first the bytes are read and then they are multiplied, one thinks
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    """Least time by the roofline model."""
    arithmetic = flops / peak_flops
    memory = bytes_moved / bandwidth
    return arithmetic + memory
