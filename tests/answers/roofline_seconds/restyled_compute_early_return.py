# names: compute_only
# The loop returns in its first turn.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    longest = 0.0
    for amount, ceiling in ((flops, peak_flops), (bytes_moved, bandwidth)):
        if amount / ceiling >= longest:
            longest = amount / ceiling
        return longest
