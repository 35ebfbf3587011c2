# names: mean_of_times
# The mean of the two times.
import statistics


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return statistics.fmean([flops / peak_flops, bytes_moved / bandwidth])
