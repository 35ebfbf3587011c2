# names: bits_for_bytes
# The bits of each byte are added up one by one.
def arithmetic_intensity(flops, bytes_moved):
    traffic = 0
    bit = 0
    while bit < 8:
        traffic += bytes_moved
        bit += 1
    return flops / traffic
