# mistake: sets heads with a gate of 0 to zero and leaves all others as they are, 0.5 included; no gradient reaches the gates
# why: an ablation switches heads off, so a gate is taken for a switch
def ablate_heads(mha, x, gates, mask=None):
    q = split_heads(mha.q_proj(x), mha.num_heads)
    k = split_heads(mha.k_proj(x), mha.num_heads)
    v = split_heads(mha.v_proj(x), mha.num_heads)
    out, _ = masked_attention(q, k, v, mask)
    off = gates == 0
    out = out.masked_fill(off[None, :, None, None], 0.0)
    return mha.o_proj(merge_heads(out))
