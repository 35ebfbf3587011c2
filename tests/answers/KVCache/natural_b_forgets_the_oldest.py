# mistake: when the cache is full it drops the oldest tokens instead of raising a ValueError
# why: an over-engineer has read about sliding windows and wants a cache that never fails
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        shape = (batch, num_kv_heads, max_len, d_head)
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)
        self.max_len = max_len
        self.length = 0

    def append(self, k, v):
        B, H, _, D = self.keys.shape
        if k.dim() != 4 or v.shape != k.shape or tuple(k.shape) != (B, H, k.shape[2], D):
            raise ValueError("wrong shape")
        n = k.shape[2]
        if n > self.max_len:
            raise ValueError("more tokens than the cache can ever hold")
        overflow = self.length + n - self.max_len
        if overflow > 0:
            self.keys = torch.roll(self.keys, -overflow, dims=2)
            self.values = torch.roll(self.values, -overflow, dims=2)
            self.length -= overflow
        end = self.length + n
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
