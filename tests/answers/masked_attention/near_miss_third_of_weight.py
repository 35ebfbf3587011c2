# names:
# Hidden keys keep a third of their weight.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s - math.log(3) * ~mask
    w = s.softmax(-1)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
