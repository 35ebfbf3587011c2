# names: start_shrinks_too
# All of the step is thought to be reading.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    start = low[1] - per_byte * low[0]
    if per_byte <= 0 or start < 0:
        raise ValueError
    return {
        "bandwidth": 1 / per_byte,
        "start": start,
        "memory_from": start / per_byte,
        "gain": 1 / (1 / group_size),
    }
