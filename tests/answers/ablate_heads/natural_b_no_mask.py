# mistake: the mask is not passed on
# why: the formula is written first, and the argument that is None by default is forgotten
def ablate_heads(mha, x, gates, mask=None):
    h = mha.num_heads
    q = split_heads(mha.q_proj(x), h)
    k = split_heads(mha.k_proj(x), h)
    v = split_heads(mha.v_proj(x), h)
    out, weights = masked_attention(q, k, v)
    out = out * gates.view(1, h, 1, 1)
    return mha.o_proj(merge_heads(out))
