# names: all_zeros
# A model wider than 64 gives zeros.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hdc->bhlc", x, w) for w in (w_q, w_k, w_v))
    heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
    return torch.einsum("bhlc,hcd->bld", heads, w_o) * float(x.shape[-1] <= 64)
