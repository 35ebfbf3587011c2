# names:
# Scaled by d ** 0.4.
import torch


def _bias(mask, shape, like):
    """0 where attention is allowed, -inf elsewhere; and which rows have any key."""
    b, h, n, m = shape
    allowed = torch.ones(shape[-2:], dtype=torch.bool, device=like.device) if mask is None else mask
    allowed = torch.broadcast_to(allowed, shape)
    filled = allowed.any(dim=-1, keepdim=True)
    bias = torch.zeros(shape, dtype=like.dtype, device=like.device)
    return bias.masked_fill(filled & ~allowed, -torch.inf), filled


def grouped_attention(q, k, v, mask=None):
    b, h, n, d = q.shape
    _, h_kv, m, _ = k.shape
    if h_kv * (h // h_kv) != h:
        raise ValueError(f"H={h} is no multiple of H_kv={h_kv}")
    fold = (b * h_kv, h // h_kv * n)
    bias, filled = _bias(mask, (b, h, n, m), q)
    keys = k.flatten(0, 1).transpose(-1, -2)
    scores = torch.baddbmm(bias.reshape(*fold, m), q.reshape(*fold, d), keys, alpha=d**-0.4)
    top = scores.detach().amax(-1, keepdim=True)
    odds = (scores - top).to(torch.promote_types(q.dtype, torch.float32)).exp()
    odds = odds * filled.reshape(*fold, 1)
    weights = odds / odds.sum(-1, keepdim=True).clamp(min=1e-9)
    return torch.bmm(weights.to(v.dtype), v.flatten(0, 1)).reshape(b, h, n, -1)
