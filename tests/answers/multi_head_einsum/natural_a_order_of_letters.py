# mistake: keeps the layout (B, L, H, d_head), so masked_attention lets the heads of a token attend to each other
# why: writes the new letter where it seems natural and forgets which two axes attention works on
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    """Multi-head self-attention without biases, one matrix per head."""
    q = torch.einsum("bld,hde->blhe", x, w_q)
    k = torch.einsum("bld,hde->blhe", x, w_k)
    v = torch.einsum("bld,hde->blhe", x, w_v)
    out, weights = masked_attention(q, k, v, mask)
    return torch.einsum("blhe,hed->bld", out, w_o)
