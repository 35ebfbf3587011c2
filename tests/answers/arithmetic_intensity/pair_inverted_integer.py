# names: inverted_ratio, integer_division
# Whole bytes for each operation.
import operator


def arithmetic_intensity(flops, bytes_moved):
    return operator.floordiv(bytes_moved, flops)
