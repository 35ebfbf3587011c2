# names: residual_added
# The input is added.
import math

import torch


def _wide(w):
    """(H, d_model, d_head) to (d_model, H * d_head), head 0 first."""
    return w.permute(1, 0, 2).flatten(1)


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None, *, scale=None):
    num_heads, _, d_head = w_q.shape
    q, k, v = ((x @ _wide(w)).unflatten(-1, (num_heads, d_head)) for w in (w_q, w_k, w_v))
    scale = 1 / math.sqrt(d_head) if scale is None else scale
    work = torch.promote_types(x.dtype, torch.float32)
    scores = torch.einsum("bqhe,bkhe->bhqk", q.to(work), k.to(work)) * scale
    keep = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask
    top = scores.masked_fill(~keep, torch.finfo(work).min).amax(dim=-1, keepdim=True)
    e = torch.where(keep, scores - top, -math.inf).exp()
    total = e.sum(dim=-1, keepdim=True)
    weights = (e / torch.where(total > 0, total, 1)).to(x.dtype)
    mixed = torch.einsum("bhqk,bkhe->bqhe", weights, v).flatten(-2)
    return x + mixed @ w_o.flatten(0, 1)
