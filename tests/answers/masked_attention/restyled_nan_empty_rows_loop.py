# either: nan_empty_rows, renormalised_after_softmax
# Row by row with -inf; a row of nothing but -inf is 0/0.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    keys, rows = k.to(wide), []
    for i, r in enumerate(q.to(wide).unbind(-2)):
        s = (keys @ r.unsqueeze(-1)).squeeze(-1) / math.sqrt(q.shape[-1])
        if mask is not None:
            s = s.masked_fill(~mask.expand(*mask.shape[:-2], q.shape[-2], -1)[..., i, :], -math.inf)
        rows.append(torch.softmax(s, -1))
    w = torch.stack(rows, -2)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
