# names: wrong_dtype
# The output gets the dtype of the weights.
import torch
from torch.nn import functional as F


def grouped_attention(q, k, v, mask=None):
    B, H, L, D = q.shape
    K, N = k.shape[1:3]
    if H % K != 0:
        raise ValueError(f"cannot share {K} KV heads among {H} query heads")
    G = H // K
    dtype = q.dtype
    rows = (q / D**0.5).reshape(B * K, G * L, D)
    scores = torch.bmm(rows, k.reshape(B * K, N, D).mT)
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.float()
    if mask is not None:
        mask = mask.expand(B, H, L, N).reshape(B * K, G * L, N)
        scores = torch.where(mask, scores, -torch.inf)
        empty = mask.sum(-1, keepdim=True) == 0
        scores = torch.where(empty, torch.zeros_like(scores), scores)
    weights = F.softmax(scores, -1)
    if mask is not None:
        weights = torch.where(mask, weights, 0)
    out = torch.bmm(weights.to(dtype), v.reshape(B * K, N, -1))
    return out.view(B, H, L, -1).type_as(weights)
