# names: sum_of_times
# A machine with one clock, which the second unit goes on turning.
class _Machine:
    clock = 0.0

    def work(self, amount, per_second):
        self.clock += amount / per_second
        return self


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    return _Machine().work(bytes_moved, bandwidth).work(flops, peak_flops).clock
