# names: order_taken_for_granted
# Named small and large as they come.
def explain_steps(first, second, group_size):
    small, quick = first
    large, slow = second
    if slow - quick <= 0:
        raise ValueError("no slower")
    bandwidth = (large - small) / (slow - quick)
    start = quick - small / bandwidth
    if start < 0:
        raise ValueError("a negative start")
    gain = slow / (start + large / (bandwidth * group_size))
    return dict(bandwidth=bandwidth, start=start, memory_from=bandwidth * start, gain=gain)
