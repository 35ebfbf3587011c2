# names: gain_without_start
# The new step is its reading.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    bandwidth = (high[0] - low[0]) / (high[1] - low[1]) if high[1] > low[1] else -1.0
    start = high[1] - high[0] / bandwidth
    if bandwidth < 0 or start < 0:
        raise ValueError
    read = high[0] // group_size
    return {
        "bandwidth": bandwidth,
        "start": start,
        "memory_from": start * bandwidth,
        "gain": high[1] / (high[0] / group_size / bandwidth) if read else 1.0,
    }
