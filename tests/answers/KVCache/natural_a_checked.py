# mistake: checks the shape of the keys only, so wrong values are stored by broadcasting or fail with another error
# why: k and v always come in the same shape in a model
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.batch = batch
        self.num_kv_heads = num_kv_heads
        self.max_len = max_len
        self.d_head = d_head
        self.keys = torch.empty(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.values = torch.empty(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.length = 0

    def append(self, k, v):
        if k.ndim != 4:
            raise ValueError("expected (B, H_kv, L_new, d_head)")
        B, H, L_new, D = k.shape
        if B != self.batch or H != self.num_kv_heads or D != self.d_head:
            raise ValueError("wrong shape")
        if self.length + L_new > self.max_len:
            raise ValueError("no room left")
        start, end = self.length, self.length + L_new
        self.keys[:, :, start:end] = k.detach()
        self.values[:, :, start:end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]
