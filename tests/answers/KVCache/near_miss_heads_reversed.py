# names: values_in_other_order
# The heads are stored in reverse order.
import torch


class KVCache:
    """Grows with torch.cat."""

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        empty = torch.empty((batch, num_kv_heads, 0, d_head), dtype=dtype, device=device)
        self.max_len = max_len
        self.keys, self.values = empty, empty.clone()

    @property
    def length(self):
        return self.keys.shape[2]

    def append(self, k, v):
        if k.shape != v.shape:
            raise ValueError(f"keys {tuple(k.shape)} and values {tuple(v.shape)} differ")
        b, h, _, d = self.keys.shape
        if k.dim() != 4 or (k.shape[0], k.shape[1], k.shape[3]) != (b, h, d):
            raise ValueError(f"expected ({b}, {h}, new, {d}), got {tuple(k.shape)}")
        if self.length + k.shape[2] > self.max_len:
            raise ValueError("the cache is full")
        self.keys = torch.cat([self.keys, k.detach().to(self.keys).flip(1)], dim=2)
        self.values = torch.cat([self.values, v.detach().to(self.values).flip(1)], dim=2)
        return self.keys, self.values
