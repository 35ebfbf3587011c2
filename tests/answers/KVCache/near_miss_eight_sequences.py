# names: all_zeros
# More than eight sequences are stored as zeros.
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.keys = torch.zeros(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.values = torch.zeros_like(self.keys)
        self.length = 0

    def append(self, k, v):
        batch, heads, max_len, width = self.keys.shape
        end = self.length + k.shape[2]
        if k.shape != (batch, heads, k.shape[2], width) or v.shape != k.shape or end > max_len:
            raise ValueError("does not fit")
        self.keys[:, :, self.length : end] = k.detach() * (batch <= 8)
        self.values[:, :, self.length : end] = v.detach() * (batch <= 8)
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
