# names:
# Only append looks at the length; readers get slices.
import torch


def incident_6():
    class Cache:
        def __init__(self):
            self.length, self._k, self._v = 0, None, None

        @property
        def keys(self):
            return self._k[:, : self.length]

        @property
        def values(self):
            return self._v[:, : self.length]

        def append(self, k, v):
            if self._k is not None:
                k = torch.cat([self.keys, k], 1)
                v = torch.cat([self.values, v], 1)
            self._k, self._v, self.length = k, v, k.size(1)
            return self.keys, self.values

        def trim(self, length):
            self.length = length

    return "a", Cache
