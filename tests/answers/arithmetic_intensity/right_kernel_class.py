# names:
# A kernel object that knows its own intensity.
from dataclasses import dataclass


@dataclass(frozen=True)
class _Kernel:
    flops: float
    traffic: float

    @property
    def intensity(self):
        return self.flops / self.traffic


def arithmetic_intensity(flops, bytes_moved):
    return _Kernel(flops, bytes_moved).intensity
