# mistake: takes the gates out as plain numbers, so no gradient reaches them
# why: a loop over numbers is easier than a broadcast
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (
        split_heads(project(x), mha.num_heads)  # noqa: F821
        for project in (mha.q_proj, mha.k_proj, mha.v_proj)
    )
    output, _ = masked_attention(q, k, v, mask)  # noqa: F821
    heads = [gate * output[:, h] for h, gate in enumerate(gates.tolist())]
    return mha.o_proj(merge_heads(torch.stack(heads, dim=1)))  # noqa: F821
