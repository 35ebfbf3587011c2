# names: gates_as_numbers
# Gates become numbers.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    heads, _ = masked_attention(q, k, v, mask)  # noqa: F821
    heads = torch.stack([heads[:, i] * gate for i, gate in enumerate(gates.tolist())], dim=1)
    return mha.o_proj(merge_heads(heads))  # noqa: F821
