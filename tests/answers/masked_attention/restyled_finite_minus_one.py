# names: finite_mask_value
# Hidden scores become -1 by arithmetic: s * m - (1 - m).
import math

import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    s = (q.double() / math.sqrt(q.shape[-1])) @ k.double().transpose(-2, -1)
    m = 1.0 if mask is None else mask.double()
    w = F.softmax(s * m - (1 - m), dim=-1)
    return torch.einsum("...ij,...je->...ie", w, v.double()).to(q.dtype), w.to(q.dtype)
