# mistake: grows without end, so more than max_len positions raise no error
# why: built like Hugging Face's dynamic cache, which has no fixed room
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.max_len = max_len
        self.key_cache = torch.zeros(batch, num_kv_heads, 0, d_head, dtype=dtype, device=device)
        self.value_cache = torch.zeros(batch, num_kv_heads, 0, d_head, dtype=dtype, device=device)

    @property
    def length(self):
        return self.key_cache.shape[-2]

    def append(self, k, v):
        B, H, _, D = self.key_cache.shape
        for t in (k, v):
            if t.ndim != 4 or t.shape[:2] != (B, H) or t.shape[3] != D:
                raise ValueError("wrong shape")
        if k.shape != v.shape:
            raise ValueError("keys and values differ in shape")
        self.key_cache = torch.cat([self.key_cache, k.detach().to(self.key_cache)], dim=-2)
        self.value_cache = torch.cat([self.value_cache, v.detach().to(self.value_cache)], dim=-2)
        return self.key_cache, self.value_cache
