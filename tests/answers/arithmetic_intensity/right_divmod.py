# names:
# Whole part and remainder are put together again.
def arithmetic_intensity(flops, bytes_moved):
    whole, rest = divmod(flops, bytes_moved)
    return float(whole + rest / bytes_moved)
