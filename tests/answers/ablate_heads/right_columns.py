# names:
# Gates on the columns of `o_proj` that read a head.
import torch


def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    found = merge_heads(masked_attention(q, k, v, mask)[0])  # noqa: F821
    columns = mha.o_proj.weight * gates.repeat_interleave(q.shape[-1])
    return torch.nn.functional.linear(found, columns, mha.o_proj.bias)
