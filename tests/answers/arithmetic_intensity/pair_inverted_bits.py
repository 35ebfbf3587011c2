# names: inverted_ratio, bits_for_bytes
# Bits for each operation.
def arithmetic_intensity(flops, bytes_moved):
    bits = sum(bytes_moved for _ in range(8))
    return bits / flops
