# names: room_off_by_one
# The last free position can never be used.
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.batch, self.heads, self.room, self.width = batch, num_kv_heads, max_len, d_head
        self.k = torch.empty(batch, num_kv_heads, max_len, d_head, dtype=dtype, device=device)
        self.v = torch.empty_like(self.k)
        self.length = 0

    def _check(self, k, v):
        for name, part in (("k", k), ("v", v)):
            if part.ndim != 4:
                raise ValueError(f"{name} has {part.ndim} axes, not 4")
            batch, heads, _, width = part.shape
            if (batch, heads, width) != (self.batch, self.heads, self.width):
                raise ValueError(f"{name} of shape {tuple(part.shape)} does not belong here")
        if k.size(2) != v.size(2):
            raise ValueError("as many values as keys, please")
        if self.length + k.size(2) >= self.room:
            raise ValueError(f"{self.room - self.length} positions are left, not {k.size(2)}")

    @torch.no_grad()
    def append(self, k, v):
        self._check(k, v)
        count = k.size(2)
        self.k.narrow(2, self.length, count).copy_(k)
        self.v.narrow(2, self.length, count).copy_(v)
        self.length += count
        return self.k.narrow(2, 0, self.length), self.v.narrow(2, 0, self.length)
