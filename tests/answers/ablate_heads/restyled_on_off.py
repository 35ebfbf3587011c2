# names: switched_not_scaled
# Heads are kept or zeroed.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
    heads = torch.where(gates.view(-1, 1, 1) == 0, torch.zeros_like(heads), heads)
    return mha.o_proj(merge_heads(heads))  # noqa: F821
