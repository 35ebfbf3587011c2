# names: kv_swapped, no_scale
# Values matched, keys mixed, no scale.
import torch
import torch.nn.functional as F


def attention(q, k, v):
    w = F.softmax(torch.einsum("...id,...jd->...ij", q, v), -1)
    return torch.einsum("...ij,...jd->...id", w, k), w
