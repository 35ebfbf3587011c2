# names: smaller_of_times
# The comparison with the ridge is upside down.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    memory_bound = flops * bandwidth < bytes_moved * peak_flops
    amount, ceiling = (flops, peak_flops) if memory_bound else (bytes_moved, bandwidth)
    return amount / ceiling
