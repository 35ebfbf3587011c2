# mistake: returns bytes per FLOP
# why: turns the fraction round
def arithmetic_intensity(flops, bytes_moved):
    return float(bytes_moved / flops)
