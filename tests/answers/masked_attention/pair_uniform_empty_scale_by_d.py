# names: uniform_empty_rows, scale_by_d
# Divided by d_head, the lowest finite number for hidden keys.
import torch
import torch.nn.functional as F


def masked_attention(q, k, v, mask=None):
    s = (q.double().unsqueeze(-2) * k.double().unsqueeze(-3)).mean(-1)
    s = s if mask is None else torch.where(mask, s, torch.finfo(s.dtype).min)
    w = F.softmax(s, -1)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
