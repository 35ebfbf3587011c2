# names: written_before_checked
# The length has moved when the error comes.
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
        self.length += k.size(2)
        if self.length > self.room:
            raise ValueError(f"{self.length} positions do not fit")

    @torch.no_grad()
    def append(self, k, v):
        self._check(k, v)
        count = k.size(2)
        self.k.narrow(2, self.length - count, count).copy_(k)
        self.v.narrow(2, self.length - count, count).copy_(v)
        return self.k.narrow(2, 0, self.length), self.v.narrow(2, 0, self.length)
