# names:
# Only the first 16 keys are seen.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hde->bhle", x, each) for each in (w_q, w_k, w_v))
    mask = mask if mask is None else mask[..., :16]
    heads, _ = masked_attention(q, k[:, :, :16], v[:, :, :16], mask)  # noqa: F821
    return torch.einsum("bhle,hed->bld", heads, w_o)
