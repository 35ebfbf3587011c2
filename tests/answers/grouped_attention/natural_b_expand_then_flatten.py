# mistake: expand makes no copy, but the flatten behind it does: keys and values are repeated in memory after all
# why: read that expand is free, and that is where the thought ended
import torch


def grouped_attention(q, k, v, mask=None):
    H, H_kv = q.shape[1], k.shape[1]
    if H % H_kv != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    group = H // H_kv
    # expand() only makes a view, so no keys are copied
    k = k.unsqueeze(2).expand(-1, -1, group, -1, -1).flatten(1, 2)
    v = v.unsqueeze(2).expand(-1, -1, group, -1, -1).flatten(1, 2)
    return masked_attention(q, k, v, mask)[0]
