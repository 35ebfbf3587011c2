# names: memory_only
# The second time overwrites the first under the same key.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    times = {}
    for amount, ceiling in zip((flops, bytes_moved), (peak_flops, bandwidth), strict=True):
        times["seconds"] = amount / ceiling
    return max(times.values())
