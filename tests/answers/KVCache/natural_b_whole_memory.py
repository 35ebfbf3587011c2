# mistake: returns the whole memory, the zeros of unused positions included
# why: the cache "is" the two tensors, and shapes of fixed size were praised in a talk on compilers
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
        new = k.shape[2] if k.dim() == 4 else -1
        if tuple(k.shape) != (batch, heads, new, width) or v.shape != k.shape:
            raise ValueError("wrong shape")
        end = self.length + new
        if end > self.max_len:
            raise ValueError("no room")
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys, self.values
