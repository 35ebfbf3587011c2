# mistake: makes the values with w_k
# why: a copied line in which one name was not changed
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q = torch.einsum("bld,hde->bhle", x, w_q)
    k = torch.einsum("bld,hde->bhle", x, w_k)
    v = torch.einsum("bld,hde->bhle", x, w_k)
    heads, _ = masked_attention(q, k, v, mask)
    return torch.einsum("bhle,hed->bld", heads, w_o)
