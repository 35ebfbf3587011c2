# names:
# Right: empty rows are opened before the softmax and zeroed after it; logsumexp.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = (q.to(wide).unsqueeze(-2) * k.to(wide).unsqueeze(-3)).sum(-1) * q.shape[-1] ** -0.5
    live = torch.ones_like(s[..., :1])
    if mask is not None:
        some = mask.any(-1, keepdim=True)
        s = s.masked_fill(~(mask | ~some), -math.inf)
        live = live * some
    w = (s - s.logsumexp(-1, keepdim=True)).exp() * live
    return torch.matmul(w, v.to(wide)).to(q.dtype), w.to(q.dtype)
