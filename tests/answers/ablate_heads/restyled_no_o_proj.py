# names: weights_not_values
# What the heads found, merged and gated, is returned at once.
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    found = merge_heads(masked_attention(q, k, v, mask)[0])  # noqa: F821
    return found * gates.repeat_interleave(q.shape[-1])
