# mistake: returns the FLOPs per second that the roof allows, not seconds
# why: takes over the formula with which the lesson draws the roofline
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    intensity = flops / bytes_moved
    return min(peak_flops, intensity * bandwidth)
