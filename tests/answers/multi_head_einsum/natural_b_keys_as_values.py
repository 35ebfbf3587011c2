# mistake: the values are made with w_k
# why: the line was copied twice, and in the second copy only the name on the left was changed
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q = torch.einsum("bld,hde->bhle", x, w_q)
    k = torch.einsum("bld,hde->bhle", x, w_k)
    v = torch.einsum("bld,hde->bhle", x, w_k)
    heads, _ = masked_attention(q, k, v, mask)
    return torch.einsum("bhle,hed->bld", heads, w_o)
