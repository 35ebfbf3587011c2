# names: keys_as_values
# The tuple of weights names w_k twice.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hde->bhle", x, w) for w in (w_q, w_k, w_k))
    heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
    return torch.einsum("bhle,hed->bld", heads, w_o)
