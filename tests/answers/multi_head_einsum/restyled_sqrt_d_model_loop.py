# names: scale_by_sqrt_d_model
# len(w_q) inside the head is d_model.
import torch


def _one_head(x, w_q, w_k, w_v, keep):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scores = q @ k.transpose(1, 2) * len(w_q) ** -0.5
    if keep is None:
        return scores.softmax(dim=-1) @ v
    some = keep.any(dim=-1, keepdim=True)
    scores = scores.masked_fill(~keep & some, float("-inf"))
    return (scores.softmax(dim=-1) * some) @ v


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    batch, length, _ = x.shape
    if mask is not None:
        mask = mask.expand(batch, len(w_q), length, length)
    total = torch.zeros_like(x)
    for h in range(len(w_q)):
        keep = None if mask is None else mask[:, h]
        total = total + _one_head(x, w_q[h], w_k[h], w_v[h], keep) @ w_o[h]
    return total
