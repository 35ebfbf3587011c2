# names:
# The values are multiplied: a head's output is linear in them.
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    v = v * gates.view(1, -1, 1, 1)
    return mha.o_proj(merge_heads(masked_attention(q, k, v, mask)[0]))  # noqa: F821
