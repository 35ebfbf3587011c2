# names: contradiction_given_zero
# A start that comes out negative is cut off at 0.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    if per_byte <= 0:
        raise ValueError("no slower")
    start = low[1] - per_byte * low[0]
    if start < 0:
        start = 0.0
    after = start + per_byte * high[0] / group_size
    return {
        "bandwidth": 1 / per_byte,
        "start": start,
        "memory_from": start / per_byte,
        "gain": high[1] / after,
    }
