# names:
# The last of the sorted times.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    times = sorted(
        amount / speed for amount, speed in ((flops, peak_flops), (bytes_moved, bandwidth))
    )
    return times[-1]
