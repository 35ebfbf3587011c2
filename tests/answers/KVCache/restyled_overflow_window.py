# names: overwrite_on_overflow
# Only the last max_len positions are kept.
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
        self.keys = torch.cat([self.keys, k.detach().to(self.keys)], dim=2)[:, :, -self.max_len :]
        self.values = torch.cat([self.values, v.detach().to(self.values)], dim=2)[
            :, :, -self.max_len :
        ]
        return self.keys, self.values
