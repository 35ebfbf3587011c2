# names: scale_by_sqrt_length
# Shape unpacked in the wrong order: the number of queries is taken for d_head.
import torch


def attention(q, k, v):
    *_, d_head, _ = q.shape
    s = torch.einsum("...id,...jd->...ij", q, k).mul(d_head**-0.5)
    p = torch.exp(s - s.amax(-1, keepdim=True))
    p = p / p.sum(-1, keepdim=True)
    return p @ v, p
