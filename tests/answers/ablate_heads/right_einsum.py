# names:
# Heads, gates and the output projection in one einsum.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    found, _ = masked_attention(q, k, v, mask)  # noqa: F821
    w = mha.o_proj.weight.unflatten(1, (mha.num_heads, -1))  # (d_model, H, d_head)
    out = torch.einsum("bhld,h,mhd->blm", found, gates, w)
    return out if mha.o_proj.bias is None else out + mha.o_proj.bias
