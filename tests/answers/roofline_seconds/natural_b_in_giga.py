# mistake: takes the peak and the bandwidth as GFLOP/s and GB/s and multiplies them by 1e9
# why: machines are always described in these units, so the arguments must be too
GIGA = 1e9


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    compute_time = flops / (peak_flops * GIGA)
    memory_time = bytes_moved / (bandwidth * GIGA)
    return max(compute_time, memory_time)
