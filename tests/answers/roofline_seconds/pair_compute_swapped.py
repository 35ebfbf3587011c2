# names: compute_only, ceilings_swapped
# Operations at the speed of the memory.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    def one(amount, speed=bandwidth):
        return amount / speed

    return one(flops)
