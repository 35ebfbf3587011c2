# names: uniform_weights
# The scores are multiplied by zero, then masked as they should be.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.einsum("...id,...jd->...ij", 0 * q.to(wide), k.to(wide))
    hidden = torch.zeros_like(s).bool() if mask is None else ~mask
    w = s.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
