# mistake: trim cuts the axis of the heads
# why: keys[:length] is how one shortens anything
import torch


def incident_6():
    class Cache:
        def __init__(self):
            self.keys = self.values = None
            self.length = 0

        def append(self, k, v):
            if self.keys is not None:
                k, v = torch.cat((self.keys, k), dim=1), torch.cat((self.values, v), dim=1)
            self.keys, self.values = k, v
            self.length = k.shape[1]
            return self.keys, self.values

        def trim(self, length):
            self.keys = self.keys[:length]
            self.values = self.values[:length]
            self.length = length

    return "a", Cache
