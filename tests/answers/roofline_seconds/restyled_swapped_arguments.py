# names: ceilings_swapped
# A machine is made with its two arguments in the other order.
from dataclasses import dataclass


@dataclass
class _Machine:
    bandwidth: float
    peak: float

    def seconds(self, work, traffic):
        return max(work / self.peak, traffic / self.bandwidth)


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return _Machine(peak_flops, bandwidth).seconds(flops, bytes_moved)
