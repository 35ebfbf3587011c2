# names: wrong_dtype, no_scale
# float32 out of half precision, unscaled.
import math

import torch


def masked_attention(q, k, v, mask=None):
    q, k, v = (t.to(torch.promote_types(t.dtype, torch.float32)) for t in (q, k, v))
    s = torch.einsum("...id,...jd->...ij", q, k)
    keep = torch.ones_like(s).bool() if mask is None else mask
    w = s.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return w @ v, w
