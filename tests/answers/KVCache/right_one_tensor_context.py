# names:
# Keys and values in one tensor (2, B, H_kv, max_len, d_head); a context manager hands out the slot
# and moves length on only if all went well.
from contextlib import contextmanager

import torch


class KVCache:
    """Keys and values of the tokens so far, for one layer."""

    length = 0  # an int of the class; the first append makes one of the instance

    class Full(ValueError):
        pass

    class Misfit(ValueError):
        pass

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.store = torch.full(
            (2, batch, num_kv_heads, max_len, d_head), float("nan"), dtype=dtype, device=device
        )

    @contextmanager
    def _slot(self, size):
        end = self.length + size
        if end > self.store.size(3):
            raise self.Full(f"{end} positions, room for {self.store.size(3)}")
        with torch.no_grad():
            yield self.store.narrow(3, self.length, size)
        self.length = end

    def append(self, k, v):
        """Store the keys and values of new tokens."""
        for each in (k, v):
            if each.ndim != 4 or each.shape[2] != k.shape[2]:
                raise self.Misfit(f"keys {k.shape}, values {v.shape}")
            expected = list(self.store.shape[1:])
            expected[2] = each.shape[2]
            if list(each.shape) != expected:
                raise self.Misfit(f"{list(each.shape)} is not {expected}")
        with self._slot(k.shape[2]) as slot:
            for part, each in zip(slot, (k, v), strict=True):
                part.copy_(each.detach())
        return tuple(self.store[..., : self.length, :].unbind(0))
