# names:
# Two units that finish, and a machine that waits for both.
class _Unit:
    def __init__(self, speed):
        self.speed = speed
        self.done_at = 0.0

    def take(self, amount):
        self.done_at += amount / self.speed


class _Machine:
    def __init__(self, peak_flops, bandwidth):
        self.arithmetic = _Unit(peak_flops)
        self.memory = _Unit(bandwidth)

    def wait(self):
        end = self.arithmetic.done_at
        if end < self.memory.done_at:
            end = self.memory.done_at
        return end


def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    machine = _Machine(peak_flops, bandwidth)
    machine.arithmetic.take(flops)
    machine.memory.take(bytes_moved)
    return machine.wait()
