# names:
# Right: hidden entries zeroed after a softmax of safe scores, renormalised with empty rows handled.
import torch


def masked_attention(q, k, v, mask=None):
    if mask is None:
        mask = q.new_ones(q.shape[-2], k.shape[-2]).bool()
    s = q.double() @ k.double().mT / q.shape[-1] ** 0.5
    best = s.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True).detach()
    w = torch.softmax(torch.where(mask, s, best.nan_to_num(neginf=0.0)), -1) * mask
    total = w.sum(-1, keepdim=True)
    w = w / total.masked_fill(total == 0, 1)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
