# names:
# Keys after the first 16 are not seen.
import torch


def masked_attention(q, k, v, mask=None):
    seen = torch.arange(k.shape[-2], device=k.device) < 16
    mask = seen if mask is None else mask & seen
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).mT / q.shape[-1] ** 0.5
    mask = mask.expand(scores.shape)
    some = mask.any(-1, keepdim=True)
    weights = scores.masked_fill(~mask & some, float("-inf")).softmax(-1) * some
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
