# names: sizes_do_not_match
# A mask whose last axis is 1 is not broadcast.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = torch.matmul(q.to(wide), k.to(wide).mT).div(math.sqrt(q.shape[-1]))
    if mask is None:
        mask = torch.ones(s.shape[-2:], dtype=torch.bool)
    keep = torch.cat([mask, ~mask.any(-1, keepdim=True)], -1)
    w = torch.softmax(F.pad(s, (0, 1)).masked_fill(~keep, -math.inf), -1)[..., :-1]
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
