# either: nan_empty_rows, renormalised_after_softmax
# The logarithm of the mask is added: -inf everywhere in an empty row.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q.double(), k.double()) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s + mask.double().log()
    w = (s - s.logsumexp(-1, keepdim=True)).exp()
    return torch.einsum("...ij,...je->...ie", w, v.double()).to(q.dtype), w.to(q.dtype)
