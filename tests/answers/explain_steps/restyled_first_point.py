# names: small_step_is_start
# The lower point of the line is taken for where it starts.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    if per_byte <= 0 or low[1] < per_byte * low[0]:
        raise ValueError
    start = min(first[1], second[1])
    after = start + per_byte * high[0] / group_size
    return {
        "bandwidth": 1 / per_byte,
        "start": start,
        "memory_from": start / per_byte,
        "gain": high[1] / after,
    }
