# names:
# As dropout does, what is left is made larger by what was taken out.
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (split_heads(p(x), mha.num_heads) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    z, _ = masked_attention(q, k, v, mask)  # noqa: F821
    kept = gates / gates.mean().clamp(min=1e-6)
    return mha.o_proj(merge_heads(z * kept[None, :, None, None]))  # noqa: F821
