# mistake: takes the smaller of the two times
# why: "the least seconds" sounds like min
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return min(flops / peak_flops, bytes_moved / bandwidth)
