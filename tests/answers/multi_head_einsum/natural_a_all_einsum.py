# mistake: scales by the root of d_model, the last axis of x, in place of d_head
# why: with everything written by hand, x is the tensor whose width is at hand
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q = torch.einsum("bqd,hde->bhqe", x, w_q)
    k = torch.einsum("bkd,hde->bhke", x, w_k)
    v = torch.einsum("bkd,hde->bhke", x, w_v)
    s = torch.einsum("bhqe,bhke->bhqk", q, k) / x.shape[-1] ** 0.5
    if mask is not None:
        s = s.masked_fill(~mask, float("-inf"))
    p = s.softmax(dim=-1)
    if mask is not None:
        p = p.masked_fill(~mask, 0.0)
    z = torch.einsum("bhqk,bhke->bhqe", p, v)
    return torch.einsum("bhqe,hed->bqd", z, w_o)
