# mistake: repeats the gates as g0 g1 g2 g0 g1 g2 ..., where the numbers of a head stand side by side
# why: repeat and repeat_interleave sound alike
def ablate_heads(mha, x, gates, mask=None):
    q = split_heads(mha.q_proj(x), mha.num_heads)
    k = split_heads(mha.k_proj(x), mha.num_heads)
    v = split_heads(mha.v_proj(x), mha.num_heads)
    output, _ = masked_attention(q, k, v, mask)
    merged = merge_heads(output)  # (B, L, H * d_head)
    merged = merged * gates.repeat(merged.shape[-1] // mha.num_heads)
    return mha.o_proj(merged)
