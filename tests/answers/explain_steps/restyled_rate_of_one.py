# names: start_counted_as_reading
# The bytes of the larger step over its seconds.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    start = low[1] - per_byte * low[0]
    if per_byte <= 0 or start < 0:
        raise ValueError
    return {
        "bandwidth": max(first, second)[0] / max(first, second)[1],
        "start": start,
        "memory_from": start / per_byte,
        "gain": high[1] / (start + per_byte * high[0] / group_size),
    }
