# mistake: returns the FLOPs per second that the roof allows, not the seconds
# why: drew the roofline picture, whose upright axis is speed, and read the answer off it
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    intensity = flops / bytes_moved
    return min(peak_flops, intensity * bandwidth)
