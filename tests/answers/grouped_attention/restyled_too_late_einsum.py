# names: scaled_too_late
# einsum multiplies 16-bit numbers; float32 and the scale come after it.
import torch


def grouped_attention(q, k, v, mask=None):
    heads, kv_heads, d_head = q.shape[1], k.shape[1], q.shape[3]
    if heads % kv_heads:
        raise ValueError(f"{kv_heads} KV heads for {heads} query heads")
    by_group = q.unflatten(1, (kv_heads, heads // kv_heads))
    scores = torch.einsum("bkgqd,bknd->bkgqn", by_group, k)
    scores = scores.to(torch.promote_types(q.dtype, torch.float32)) / d_head**0.5
    if mask is not None:
        full = (*q.shape[:3], k.shape[2])
        mask = mask.expand(full).unflatten(1, (kv_heads, heads // kv_heads))
        some = mask.any(-1, keepdim=True)
        scores = scores.masked_fill(~mask & some, -torch.inf)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights * some
    return torch.einsum("bkgqn,bknd->bkgqd", weights.to(v.dtype), v).flatten(1, 2)
