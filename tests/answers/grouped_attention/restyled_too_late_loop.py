# names: scaled_too_late
# A loop over KV heads; the product is scaled by the root that stands behind it.
import torch


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    group, rest = divmod(h, k.shape[1])
    if rest:
        raise ValueError("H_kv has to divide H")
    parts = []
    for i in range(k.shape[1]):
        mine = slice(i * group, (i + 1) * group)
        scores = q[:, mine].reshape(b, group * n, d) @ k[:, i].mT * d**-0.5
        scores = scores.to(torch.promote_types(q.dtype, torch.float32))
        if mask is not None:
            allowed = mask.broadcast_to(b, h, n, k.shape[2])[:, mine].reshape(b, group * n, -1)
            nothing = ~allowed.any(dim=-1, keepdim=True)
            scores = scores.masked_fill(~(allowed | nothing), -torch.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(nothing, 0)
        parts.append((weights.to(v.dtype) @ v[:, i]).reshape(b, group, n, -1))
    return torch.cat(parts, dim=1)
