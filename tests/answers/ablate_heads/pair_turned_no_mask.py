# names: gates_turned_round, mask_ignored
# A gate of 1 takes its head out, and no mask.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    z, _ = masked_attention(q, k, v)  # noqa: F821
    z = torch.einsum("bhld,h->bhld", z, 1 - gates)
    return mha.o_proj(merge_heads(z))  # noqa: F821
