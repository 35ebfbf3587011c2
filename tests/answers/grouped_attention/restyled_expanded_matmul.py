# names: expanded
# A broadcasting matmul copies the keys inside.
import math

import torch


def grouped_attention(q, k, v, mask=None):
    heads, kv_heads = q.shape[1], k.shape[1]
    if heads % kv_heads:
        raise ValueError(f"{kv_heads} KV heads for {heads} query heads")
    q = q.unflatten(1, (kv_heads, heads // kv_heads)) / math.sqrt(q.shape[-1])
    scores = q @ k.unsqueeze(2).mT
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    if mask is not None:
        full = (q.shape[0], heads, q.shape[3], k.shape[2])
        mask = mask.expand(full).unflatten(1, (kv_heads, heads // kv_heads))
        some = mask.any(-1, keepdim=True)
        scores = scores.masked_fill(~mask & some, -torch.inf)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights * some
    out = weights.to(v.dtype) @ v.unsqueeze(2)
    return out.flatten(1, 2)
