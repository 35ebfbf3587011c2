# mistake: moves length on before it checks the room, so after a ValueError the length is wrong
# why: computes the new length once and then compares it
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
        if k.dim() != 4 or k.shape != v.shape or k.shape[:2] != (B, H) or k.shape[3] != D:
            raise ValueError(f"expected ({B}, {H}, L_new, {D})")
        start = self.length
        self.length += k.shape[2]
        if self.length > self.max_len:
            raise ValueError(f"only {self.max_len} positions")
        self.keys[:, :, start : self.length] = k.detach()
        self.values[:, :, start : self.length] = v.detach()
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]
