# names: gates_squared, mask_ignored
# Gates twice, and no mask.
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    heads, _ = masked_attention(q, k, v * gates.view(-1, 1, 1))  # noqa: F821
    return mha.o_proj(merge_heads(heads * gates.view(-1, 1, 1)))  # noqa: F821
