# names: inverted_ratio
# An object that says how many bytes each operation needs.
class _Kernel:
    def __init__(self, **counts):
        self.__dict__.update(counts)

    def per(self, top, bottom):
        return getattr(self, top) / getattr(self, bottom)


def arithmetic_intensity(flops, bytes_moved):
    kernel = _Kernel(work=flops, traffic=bytes_moved)
    return kernel.per("traffic", "work")
