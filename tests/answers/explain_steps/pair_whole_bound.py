# names: start_shrinks_too, bound_in_seconds
# All shrinks, and a time stands for bytes.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    start = low[1] - per_byte * low[0]
    if per_byte <= 0 or start < 0:
        raise ValueError
    return {
        "bandwidth": 1 / per_byte,
        "start": start,
        "memory_from": start,
        "gain": float(group_size),
    }
