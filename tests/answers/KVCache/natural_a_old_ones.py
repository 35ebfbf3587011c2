# mistake: returns what was stored before, without the new tokens
# why: the slice is taken before length is moved on
import torch


class KVCache:
    """Keys and values of the tokens so far, for one layer."""

    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.k = torch.zeros((batch, num_kv_heads, max_len, d_head), dtype=dtype, device=device)
        self.v = torch.zeros((batch, num_kv_heads, max_len, d_head), dtype=dtype, device=device)
        self.length = 0

    def append(self, k, v):
        B, H, max_len, D = self.k.shape
        for new in (k, v):
            if new.ndim != 4 or (new.shape[0], new.shape[1], new.shape[3]) != (B, H, D):
                raise ValueError("wrong shape")
        if k.shape[2] != v.shape[2]:
            raise ValueError("different numbers of keys and values")
        n = k.shape[2]
        if self.length + n > max_len:
            raise ValueError("the cache is full")
        self.k[:, :, self.length : self.length + n] = k.detach()
        self.v[:, :, self.length : self.length + n] = v.detach()
        keys = self.k[:, :, : self.length]
        values = self.v[:, :, : self.length]
        self.length += n
        return keys, values
