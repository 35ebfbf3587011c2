# names: softmax_over_batch, kv_swapped
# K and V change roles, normalised over the batch.
import torch
import torch.nn.functional as F


def attention(q, k, v):
    w = F.softmax(torch.einsum("...id,...jd->...ij", q, v) * q.shape[-1] ** -0.5, 0)
    return w @ k, w
