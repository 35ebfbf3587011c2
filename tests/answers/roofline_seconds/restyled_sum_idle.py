# names: sum_of_times
# The longer time and the shorter one behind it.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    compute = flops / peak_flops
    memory = bytes_moved / bandwidth
    busy = max(compute, memory)
    waiting = min(compute, memory)
    return busy + waiting
