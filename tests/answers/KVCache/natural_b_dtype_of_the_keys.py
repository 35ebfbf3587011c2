# mistake: keeps what it is given in the dtype it comes in; the cache's own dtype is never used
# why: joins a list with torch.cat instead of writing into memory, so there is no tensor that would have the dtype
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.batch, self.heads, self.max_len, self.d_head = batch, num_kv_heads, max_len, d_head
        self.dtype, self.device = dtype, device
        self.all_keys, self.all_values = [], []
        self.length = 0

    def append(self, k, v):
        for each in (k, v):
            if each.dim() != 4 or each.shape[:2] != (self.batch, self.heads):
                raise ValueError("wrong shape")
            if each.shape[3] != self.d_head or each.shape[2] != k.shape[2]:
                raise ValueError("wrong shape")
        if self.length + k.shape[2] > self.max_len:
            raise ValueError("no room for the new tokens")
        self.all_keys.append(k.detach().clone())
        self.all_values.append(v.detach().clone())
        self.length += k.shape[2]
        return torch.cat(self.all_keys, dim=2), torch.cat(self.all_values, dim=2)
