# names: mask_ignored
# masked_attention is called without the mask.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hde->bhle", x, w) for w in (w_q, w_k, w_v))
    heads, _ = masked_attention(q, k, v)  # noqa: F821
    return torch.einsum("bhle,hed->bld", heads, w_o)
