# names: order_taken_for_granted, gain_upside_down
# Neither the order nor the ratio is right.
def explain_steps(first, second, group_size):
    (small, quick), (large, slow) = first, second
    if slow <= quick:
        raise ValueError
    bandwidth = (large - small) / (slow - quick)
    start = quick - small / bandwidth
    if start < 0:
        raise ValueError
    after = start + large / bandwidth / group_size
    return dict(bandwidth=bandwidth, start=start, memory_from=start * bandwidth, gain=after / slow)
