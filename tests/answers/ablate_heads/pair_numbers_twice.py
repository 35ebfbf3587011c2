# names: gates_as_numbers, gates_squared
# Gates become numbers, and are multiplied in twice.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    z, _ = masked_attention(q, k, v, mask)  # noqa: F821
    parts = [g * (g * z[:, h]) for h, g in enumerate(gates.tolist())]
    return mha.o_proj(merge_heads(torch.stack(parts, dim=1)))  # noqa: F821
