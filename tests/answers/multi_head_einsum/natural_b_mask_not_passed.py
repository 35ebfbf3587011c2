# mistake: the mask is not handed to masked_attention
# why: was glad that the einsums worked, and it has a default value, so nothing complained
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    def project(w):
        return torch.einsum("bld,hde->bhle", x, w)

    out, _ = masked_attention(project(w_q), project(w_k), project(w_v))
    return torch.einsum("bhle,hed->bld", out, w_o)
