# either: scaled_twice, scale_by_d
# The scale is folded into w_q, and masked_attention scales as well.
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q, k, v = (torch.einsum("bld,hde->bhle", x, w) for w in (w_q / w_q.shape[-1] ** 0.5, w_k, w_v))
    heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
    return torch.einsum("bhle,hed->bld", heads, w_o)
