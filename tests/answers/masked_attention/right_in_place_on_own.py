# names:
# In-place steps (div_, masked_fill_, sub_, exp_) on tensors that the function made itself.
import torch


def masked_attention(q, k, v, mask=None):
    """Scaled dot-product attention under a boolean mask."""
    dtype = q.dtype
    if dtype in (torch.float16, torch.bfloat16):
        q, k, v = q.float(), k.float(), v.float()  # copies: the caller's stay
    weights = torch.matmul(q, k.transpose(-2, -1))
    weights.div_(q.shape[-1] ** 0.5)
    lonely = None
    if mask is not None:
        forbidden = ~mask
        lonely = forbidden.expand(weights.shape).all(dim=-1, keepdim=True)
        weights.masked_fill_(forbidden, float("-inf"))
        weights.masked_fill_(lonely, 0.0)
    weights.sub_(weights.detach().amax(dim=-1, keepdim=True))
    weights.exp_()
    weights = weights / weights.sum(dim=-1, keepdim=True)
    if lonely is not None:
        weights.masked_fill_(lonely, 0.0)
    return (weights @ v).to(dtype), weights.to(dtype)
