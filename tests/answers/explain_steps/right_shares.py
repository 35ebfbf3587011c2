# names:
# By Amdahl's law: the share of reading in the larger step decides the gain.
def explain_steps(first, second, group_size):
    large, small = (first, second) if first[0] > second[0] else (second, first)
    apart = large[1] - small[1]
    if not apart > 0:
        raise ValueError("reading more was not slower")
    bandwidth = (large[0] - small[0]) / apart
    reading = large[0] / bandwidth
    if reading > large[1]:
        raise ValueError("reading alone would take longer than the step")
    start = large[1] - reading
    share = reading / large[1]
    return {
        "bandwidth": bandwidth,
        "start": start,
        "memory_from": bandwidth * start,
        "gain": 1 / ((1 - share) + share / group_size),
    }
