# names: one_flop_per_multiply_add
# Multiply-adds for each byte.
class _Work:
    def __init__(self, flops):
        self.multiplications = flops / 2
        self.additions = flops - self.multiplications


def arithmetic_intensity(flops, bytes_moved):
    work = _Work(flops)
    return max(work.multiplications, work.additions) / bytes_moved
