# mistake: refuses tokens that would just fill the cache, since it compares with >=
# why: thinks of the last index, max_len - 1, not of the number of positions
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.shape = (batch, num_kv_heads, d_head)
        self.max_len = max_len
        self.keys = torch.zeros(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.values = torch.zeros_like(self.keys)
        self.length = 0

    def append(self, k, v):
        if k.dim() != 4 or k.shape != v.shape:
            raise ValueError("k and v must have the same four axes")
        if (k.shape[0], k.shape[1], k.shape[3]) != self.shape:
            raise ValueError(f"wrong shape {tuple(k.shape)}")
        end = self.length + k.shape[2]
        if end >= self.max_len:
            raise ValueError("no room")
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
