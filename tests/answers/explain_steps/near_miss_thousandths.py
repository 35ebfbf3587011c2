# names: constant_factor
# The start comes in milliseconds.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    start = low[1] - per_byte * low[0]
    if per_byte <= 0 or start < 0:
        raise ValueError
    return {
        "bandwidth": 1 / per_byte,
        "start": start * 1e3,
        "memory_from": start / per_byte,
        "gain": high[1] / (start + per_byte * high[0] / group_size),
    }
