# mistake: puts the axis of the group before the axis of KV heads, which gives the order k0, k1, k0, k1
# why: remembers the expand and reshape of Hugging Face's repeat_kv, but not where the new axis goes
def expand_kv(x, num_heads):
    batch, num_key_value_heads, slen, head_dim = x.shape
    if num_heads % num_key_value_heads:
        raise ValueError(f"{num_key_value_heads} does not divide {num_heads}")
    n_rep = num_heads // num_key_value_heads
    x = x[:, None, :, :, :].expand(batch, n_rep, num_key_value_heads, slen, head_dim)
    return x.reshape(batch, num_key_value_heads * n_rep, slen, head_dim)
