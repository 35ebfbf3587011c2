# names:
# A recursion over the pairs of amount and ceiling.
def _slowest(pairs, so_far=0.0):
    if not pairs:
        return so_far
    (amount, ceiling), *rest = pairs
    seconds = amount / ceiling
    return _slowest(rest, seconds if seconds > so_far else so_far)


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return _slowest([(flops, peak_flops), (bytes_moved, bandwidth)])
