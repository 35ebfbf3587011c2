# names: empty_rows_unmasked
# Empty rows attend to everything, with their own softmax.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask & mask.any(-1, keepdim=True), -math.inf)
    w = s.softmax(-1)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
