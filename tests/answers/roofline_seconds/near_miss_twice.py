# names: constant_factor
# The operations are taken for multiply-adds and doubled.
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    operations = flops * 2
    candidates = [operations / peak_flops, bytes_moved / bandwidth]
    candidates.sort(reverse=True)
    return candidates[0]
