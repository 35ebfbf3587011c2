# names: nan_gradient
# Empty rows become NaN first and are replaced by torch.where afterwards.
import math

import torch


def masked_attention(q, k, v, mask=None):
    s = (q.double() / math.sqrt(q.shape[-1])) @ k.double().mT
    some = torch.tensor(True)
    if mask is not None:
        s = s + mask.double().log()
        some = mask.any(-1, keepdim=True)
    w = torch.where(some, torch.exp(s - s.logsumexp(-1, keepdim=True)), 0.0)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
