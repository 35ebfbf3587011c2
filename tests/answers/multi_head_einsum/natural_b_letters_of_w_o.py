# mistake: names the axes of w_o `hde` like those of the other weights, which raises an error unless d_head equals d_model
# why: copied the letters of the line above
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q = torch.einsum("bld,hde->bhle", x, w_q)
    k = torch.einsum("bld,hde->bhle", x, w_k)
    v = torch.einsum("bld,hde->bhle", x, w_v)
    y, _ = masked_attention(q, k, v, mask)
    return torch.einsum("bhle,hde->bld", y, w_o)
