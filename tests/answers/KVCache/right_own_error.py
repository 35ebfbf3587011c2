# names:
# Right: an error of its own, which is a ValueError.
import torch


class CacheError(ValueError):
    """What does not fit."""


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        shape = (2, batch, num_kv_heads, max_len, d_head)
        self.memory = torch.empty(shape, dtype=dtype, device=device)
        self.length = 0

    def append(self, k, v):
        _, batch, heads, room, width = self.memory.shape
        end = self.length + k.shape[2]
        if k.shape != v.shape or k.shape != (batch, heads, k.shape[2], width) or end > room:
            raise CacheError(f"{tuple(k.shape)}, {tuple(v.shape)} into {self.memory.shape}")
        for place, each in zip(self.memory, (k, v), strict=True):
            place[:, :, self.length : end] = each.detach()
        self.length = end
        return tuple(self.memory[:, :, :, :end])
