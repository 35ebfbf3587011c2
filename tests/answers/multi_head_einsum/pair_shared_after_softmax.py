# names: projection_shared, mask_after_softmax
# w_q makes the keys, and hidden weights are zeroed at the end.
import torch


def _one_head(x, w_q, w_k, w_v, keep):
    q, k, v = x @ w_q, x @ w_q, x @ w_v
    scores = q @ k.transpose(1, 2) * w_q.size(1) ** -0.5
    if keep is None:
        return scores.softmax(dim=-1) @ v
    return torch.where(keep, scores.softmax(dim=-1), 0) @ v


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    batch, length, _ = x.shape
    if mask is not None:
        mask = mask.expand(batch, len(w_q), length, length)
    total = torch.zeros_like(x)
    for h in range(len(w_q)):
        keep = None if mask is None else mask[:, h]
        total = total + _one_head(x, w_q[h], w_k[h], w_v[h], keep) @ w_o[h]
    return total
