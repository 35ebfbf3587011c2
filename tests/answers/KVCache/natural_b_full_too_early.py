# mistake: `>=` refuses the token that would exactly fill the cache
# why: thinks of the last valid index, max_len - 1, rather than of a count
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        shape = (batch, num_kv_heads, max_len, d_head)
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)
        self.max_len = max_len
        self.length = 0

    def append(self, k, v):
        batch, heads, _, width = self.keys.shape
        if k.dim() != 4 or tuple(k.shape) != (batch, heads, k.shape[2], width):
            raise ValueError("k has a wrong shape")
        if v.shape != k.shape:
            raise ValueError("v has a wrong shape")
        end = self.length + k.shape[2]
        if end >= self.max_len:
            raise ValueError("the cache is full")
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
