# names:
# Tokens in lists, put together when asked for.
import torch


class Tokens:
    def __init__(self):
        self.pairs = []
        self.like = None

    @property
    def length(self):
        return len(self.pairs)

    def _all(self, which):
        if not self.pairs:
            return self.like[which][:, :0]
        return torch.stack([pair[which] for pair in self.pairs], dim=1)

    keys = property(lambda self: self._all(0))
    values = property(lambda self: self._all(1))

    def append(self, k, v):
        self.like = (k, v)
        self.pairs += list(zip(k.unbind(1), v.unbind(1), strict=True))
        return self.keys, self.values

    def trim(self, length):
        del self.pairs[length:]


def incident_6():
    return "a", Tokens
