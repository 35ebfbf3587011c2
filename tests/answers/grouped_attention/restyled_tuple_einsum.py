# names: returns_weights_too
# The weights come along.
import math

import torch


def grouped_attention(q, k, v, mask=None):
    heads, kv_heads = q.shape[1], k.shape[1]
    if heads % kv_heads:
        raise ValueError(f"{kv_heads} KV heads for {heads} query heads")
    q = q.unflatten(1, (kv_heads, heads // kv_heads)) / math.sqrt(q.shape[-1])
    scores = torch.einsum("bkgqd,bknd->bkgqn", q, k)
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    if mask is not None:
        full = (q.shape[0], heads, q.shape[3], k.shape[2])
        mask = mask.expand(full).unflatten(1, (kv_heads, heads // kv_heads))
        some = mask.any(-1, keepdim=True)
        scores = scores.masked_fill(~mask & some, -torch.inf)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights * some
    out = torch.einsum("bkgqn,bknd->bkgqd", weights.to(v.dtype), v)
    return out.flatten(1, 2), weights.flatten(1, 2).to(q.dtype)
