# names: dtype_ignored, silently_full
# float32 always, and a rest that does not fit is cut off.
import torch


class KVCache:
    """Grows with torch.cat."""

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        empty = torch.empty((batch, num_kv_heads, 0, d_head), device=device)
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
        k, v = (part[:, :, : self.max_len - self.length] for part in (k, v))
        self.keys = torch.cat([self.keys, k.detach().to(self.keys)], dim=2)
        self.values = torch.cat([self.values, v.detach().to(self.values)], dim=2)
        return self.keys, self.values
