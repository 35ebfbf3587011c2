# names: mask_on_queries
# Works on (L_k, L_q) and forgets to transpose the mask as well.
import math

import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    st = k.to(wide) @ q.to(wide).mT / math.sqrt(q.shape[-1])
    if mask is None:
        mask = torch.ones_like(st).bool()
    wt = st.masked_fill(~mask, -math.inf).softmax(-2).masked_fill(~mask, 0)
    wt = torch.where(mask.any(-2, keepdim=True), wt, torch.zeros_like(wt))
    return (wt.mT @ v.to(wide)).to(q.dtype), wt.mT.to(q.dtype)
