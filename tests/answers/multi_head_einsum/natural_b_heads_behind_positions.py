# mistake: queries, keys and values have the layout (B, L, H, d_head), so masked_attention lets heads attend to heads
# why: a JAX user: Flax keeps the heads behind the positions
import torch


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    q = torch.einsum("bld,hde->blhe", x, w_q)
    k = torch.einsum("bld,hde->blhe", x, w_k)
    v = torch.einsum("bld,hde->blhe", x, w_v)
    out, _ = masked_attention(q, k, v, mask)
    return torch.einsum("blhe,hed->bld", out, w_o)
