# names: missing_axis
# The weights of a single head lose their axis.
import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).mT / q.shape[-1] ** 0.5
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    mask = mask.expand(scores.shape)
    some = mask.any(-1, keepdim=True)
    weights = scores.masked_fill(~mask & some, float("-inf")).softmax(-1) * some
    shown = weights.squeeze(1) if weights.dim() == 4 else weights
    return (weights @ v.to(work)).to(q.dtype), shown.to(q.dtype)
