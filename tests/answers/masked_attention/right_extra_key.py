# names:
# Right: empty rows attend to an extra key whose value is zero, which is cut off again.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    wide = torch.float64 if q.dtype == torch.float64 else torch.float32
    s = torch.matmul(q.to(wide), k.to(wide).mT).div(math.sqrt(q.shape[-1]))
    if mask is None:
        mask = torch.ones(s.shape[-2:], dtype=torch.bool)
    mask = mask.expand(s.shape)
    empty = ~mask.any(-1, keepdim=True)
    keep = torch.cat([mask, empty], -1)
    s = F.pad(s, (0, 1)).masked_fill(~keep, -math.inf)
    w = torch.softmax(s, -1)[..., :-1]
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
