# names: mask_ignored
# Row by row over all keys; the mask only decides nothing.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    keys, values = k.to(wide), v.to(wide)
    rows = []
    for r in q.to(wide).unbind(-2):
        rows.append(F.softmax((keys * r.unsqueeze(-2)).sum(-1) / math.sqrt(r.shape[-1]), -1))
    w = torch.stack(rows, -2)
    return (w @ values).to(q.dtype), w.to(q.dtype)
