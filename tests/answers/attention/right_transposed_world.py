# names:
# Right: works on (L_k, L_q) all the way and returns transposed views.
import torch


def attention(q, k, v, *, scale=None):
    scale = q.shape[-1] ** -0.5 if scale is None else scale
    st = k @ (q * scale).mT
    wt = torch.softmax(st, dim=-2)
    return (v.mT @ wt).mT, wt.mT
