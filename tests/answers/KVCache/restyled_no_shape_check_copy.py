# names: no_shape_check
# copy_ broadcasts, and nothing is compared.
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.batch, self.heads, self.room, self.width = batch, num_kv_heads, max_len, d_head
        self.k = torch.empty(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.v = torch.empty_like(self.k)
        self.length = 0

    def _check(self, k, v):
        if self.length + k.size(2) > self.room:
            raise ValueError(f"{self.room - self.length} positions are left, not {k.size(2)}")

    @torch.no_grad()
    def append(self, k, v):
        self._check(k, v)
        count = k.size(2)
        self.k.narrow(2, self.length, count).copy_(k)
        self.v.narrow(2, self.length, count).copy_(v)
        self.length += count
        return self.k.narrow(2, 0, self.length), self.v.narrow(2, 0, self.length)
