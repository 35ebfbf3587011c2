# names: rate_not_seconds
# The height of the roof above the intensity.
class _Roof:
    def __init__(self, flat, slope):
        self.flat, self.slope = flat, slope

    def __call__(self, intensity):
        slanted = self.slope * intensity
        return slanted if slanted < self.flat else self.flat


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return _Roof(peak_flops, bandwidth)(flops / bytes_moved)
