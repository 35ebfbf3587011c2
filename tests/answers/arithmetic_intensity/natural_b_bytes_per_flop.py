# mistake: divides bytes by FLOPs
# why: asks how many bytes must be brought for a FLOP, which is the same question the other way round
def arithmetic_intensity(flops, bytes_moved):
    return bytes_moved / flops
