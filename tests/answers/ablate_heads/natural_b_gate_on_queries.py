# mistake: multiplies the queries by the gates, so a closed head looks at all tokens alike instead of being gone
# why: thinks that a head without a question finds nothing
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))
    q = q * gates[:, None, None]
    return mha.o_proj(merge_heads(masked_attention(q, k, v, mask)[0]))
