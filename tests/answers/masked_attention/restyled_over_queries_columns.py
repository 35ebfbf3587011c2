# names: softmax_over_queries
# Column by column: each key's scores are normalised over the queries.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    st = k.to(wide) @ q.to(wide).mT / math.sqrt(q.shape[-1])
    if mask is None:
        mask = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool)
    keep = mask.expand(*mask.shape[:-2], *st.mT.shape[-2:]).mT
    wt = st.masked_fill(~keep, -math.inf).softmax(-1).masked_fill(~keep, 0)
    return (wt.mT @ v.to(wide)).to(q.dtype), wt.mT.to(q.dtype)
