# names: kv_swapped, mask_after_softmax
# Keys and values exchanged, the mask applied to finished weights.
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    keys, values = v.double(), k.double()
    w = F.softmax(q.double() @ keys.mT / math.sqrt(q.shape[-1]), -1)
    w = w if mask is None else w.masked_fill(~mask, 0)
    return torch.einsum("...ij,...jd->...id", w, values).to(q.dtype), w.to(q.dtype)
