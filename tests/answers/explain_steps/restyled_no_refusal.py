# names: contradiction_passes
# Whatever comes is computed.
def explain_steps(first, second, group_size):
    low, high = sorted((first, second))
    per_byte = (high[1] - low[1]) / (high[0] - low[0])
    start = low[1] - per_byte * low[0]
    return {
        "bandwidth": 1 / (per_byte or 1e-30),
        "start": start,
        "memory_from": start / (per_byte or 1e-30),
        "gain": high[1] / (start + per_byte * high[0] / group_size),
    }
