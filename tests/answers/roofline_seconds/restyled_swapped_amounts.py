# names: ceilings_swapped
# The amounts are taken in the other order, one after the other.
def _seconds(amounts, ceilings):
    longest = 0.0
    while amounts:
        longest = max(longest, amounts.pop() / ceilings.pop(0))
    return longest


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return _seconds([flops, bytes_moved], [peak_flops, bandwidth])
