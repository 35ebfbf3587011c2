# names: wrong_dtype
# Half precision is widened and never narrowed again.
import math

import torch


def masked_attention(q, k, v, mask=None):
    q, k, v = (t.to(torch.promote_types(t.dtype, torch.float32)) for t in (q, k, v))
    s = torch.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
    keep = torch.ones_like(s).bool() if mask is None else mask
    s = s.masked_fill(~keep, -math.inf)
    e = torch.exp(s - s.amax(-1, keepdim=True).clamp_min(torch.finfo(s.dtype).min))
    w = e / e.sum(-1, keepdim=True).clamp_min(1e-30)
    return w @ v, w
