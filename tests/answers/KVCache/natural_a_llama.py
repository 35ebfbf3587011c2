# mistake: allocates (batch, max_len, heads, d_head) and writes (batch, heads, new, d_head) into it, which raises an error
# why: the layout is copied from Meta's Llama code, which keeps positions before heads
import torch


class KVCache:
    def __init__(self, batch, num_kv_heads, max_len, d_head, dtype=torch.float32, device=None):
        self.n_kv_heads = num_kv_heads
        self.max_seq_len = max_len
        self.cache_k = torch.zeros(
            (batch, max_len, num_kv_heads, d_head), dtype=dtype, device=device
        )
        self.cache_v = torch.zeros(
            (batch, max_len, num_kv_heads, d_head), dtype=dtype, device=device
        )
        self.length = 0

    def append(self, k, v):
        bsz, max_len, heads, head_dim = self.cache_k.shape
        seqlen = k.shape[2]
        for xs in (k, v):
            if tuple(xs.shape) != (bsz, heads, seqlen, head_dim):
                raise ValueError("bad shape")
        start_pos = self.length
        if start_pos + seqlen > max_len:
            raise ValueError("max_seq_len exceeded")
        self.cache_k[:bsz, start_pos : start_pos + seqlen] = k.detach()
        self.cache_v[:bsz, start_pos : start_pos + seqlen] = v.detach()
        self.length = start_pos + seqlen
        return self.cache_k[:bsz, : self.length], self.cache_v[:bsz, : self.length]
