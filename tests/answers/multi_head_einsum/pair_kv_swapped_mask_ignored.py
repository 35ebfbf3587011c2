# names: kv_swapped, mask_ignored
# Values as keys, keys as values, no mask.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hde->bhle", x, w) for w in (w_q, w_k, w_v))
    heads, _ = masked_attention(q, v, k)  # noqa: F821
    return torch.einsum("bhle,hed->bld", heads, w_o)
