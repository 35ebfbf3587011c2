# names: expanded, mask_after_softmax
# Repeated keys, masked too late.
import math

import torch


def grouped_attention(q, k, v, mask=None):
    heads, kv_heads = q.shape[1], k.shape[1]
    if heads % kv_heads:
        raise ValueError(f"{kv_heads} KV heads for {heads} query heads")
    k, v = (t.repeat_interleave(heads // kv_heads, 1) for t in (k, v))
    kv_heads = heads
    q = q.unflatten(1, (kv_heads, 1)) / math.sqrt(q.shape[-1])
    scores = torch.einsum("bkgqd,bknd->bkgqn", q, k)
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    if mask is not None:
        full = (q.shape[0], heads, q.shape[3], k.shape[2])
        mask = mask.expand(full).unflatten(1, (kv_heads, 1))
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights * mask
    out = torch.einsum("bkgqn,bknd->bkgqd", weights.to(v.dtype), v)
    return out.flatten(1, 2)
