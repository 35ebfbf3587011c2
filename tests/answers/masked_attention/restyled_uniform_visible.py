# names: uniform_weights
# One over the number of visible keys.
import torch


def masked_attention(q, k, v, mask=None):
    keep = torch.tensor(True) if mask is None else mask
    keep = keep.expand(*q.shape[:-1], k.shape[-2]).double()
    w = keep / keep.sum(-1, keepdim=True).clamp_min(1)
    return (w @ v.double()).to(q.dtype), w.to(q.dtype)
