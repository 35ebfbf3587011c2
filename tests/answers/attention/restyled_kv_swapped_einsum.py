# names: kv_swapped
# Values are matched against the queries and keys are mixed.
import torch


def attention(q, k, v):
    w = torch.einsum("...id,...jd->...ij", q / q.shape[-1] ** 0.5, v).softmax(dim=-1)
    return torch.einsum("...ij,...jd->...id", w, k), w
