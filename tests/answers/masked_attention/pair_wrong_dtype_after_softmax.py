# names: wrong_dtype, mask_after_softmax
# float32 out of half precision, the mask applied to finished weights.
import math

import torch


def masked_attention(q, k, v, mask=None):
    q, k, v = (t.to(torch.promote_types(t.dtype, torch.float32)) for t in (q, k, v))
    s = (k @ q.mT).mT / math.sqrt(q.shape[-1])
    w = torch.softmax(s, -1) * (1.0 if mask is None else mask)
    return w @ v, w
