# mistake: adds up o_proj of one head at a time, each with its gate, so the bias comes once per open gate
# why: the output is a sum over heads, and o_proj is called for each
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (
        split_heads(project(x), mha.num_heads)  # noqa: F821
        for project in (mha.q_proj, mha.k_proj, mha.v_proj)
    )
    output, _ = masked_attention(q, k, v, mask)  # noqa: F821
    total = 0
    for h in range(mha.num_heads):
        alone = torch.zeros_like(output)
        alone[:, h] = output[:, h]
        total = total + gates[h] * mha.o_proj(merge_heads(alone))  # noqa: F821
    return total
