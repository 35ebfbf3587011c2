# names: scores_returned, kv_swapped
# K and V change roles, and the scores are handed back.
import torch
import torch.nn.functional as F


def attention(q, k, v):
    s = torch.einsum("...id,...jd->...ij", q, v) / q.shape[-1] ** 0.5
    return F.softmax(s, dim=-1).matmul(k), s
