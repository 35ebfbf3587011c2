# names: own_error_raised
# A mask (L_k,) is refused.
import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    scores = q.to(work) @ k.to(work).mT / q.shape[-1] ** 0.5
    if mask is not None and mask.dim() < 2:
        raise ValueError("a mask has two axes at least")
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    mask = mask.expand(scores.shape)
    some = mask.any(-1, keepdim=True)
    weights = scores.masked_fill(~mask & some, float("-inf")).softmax(-1) * some
    return (weights @ v.to(work)).to(q.dtype), weights.to(q.dtype)
