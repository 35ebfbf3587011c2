# names: integer_division
# The remainder of the division is thrown away.
def arithmetic_intensity(flops, bytes_moved):
    per_byte, _left_over = divmod(flops, bytes_moved)
    return float(per_byte)
