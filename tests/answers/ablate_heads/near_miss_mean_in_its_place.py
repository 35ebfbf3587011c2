# names:
# What a gate takes out of a head is filled with the head's mean over tokens and sentences.
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    z, _ = masked_attention(q, k, v, mask)  # noqa: F821
    g = gates.reshape(-1, 1, 1)
    z = g * z + (1 - g) * z.mean(dim=(0, 2), keepdim=True)
    return mha.o_proj(merge_heads(z))  # noqa: F821
