# mistake: repeats the gates in turn along the joined heads, not each gate d_head times
# why: repeat has the shape that is needed
def ablate_heads(mha, x, gates, mask=None):
    q = split_heads(mha.q_proj(x), mha.num_heads)  # noqa: F821
    k = split_heads(mha.k_proj(x), mha.num_heads)  # noqa: F821
    v = split_heads(mha.v_proj(x), mha.num_heads)  # noqa: F821
    output, _ = masked_attention(q, k, v, mask)  # noqa: F821
    joined = merge_heads(output)  # noqa: F821  (B, L, H * d_head)
    return mha.o_proj(joined * gates.repeat(joined.shape[-1] // len(gates)))
