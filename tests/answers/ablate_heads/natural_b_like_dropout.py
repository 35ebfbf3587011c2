# mistake: scales the heads that stay so that the gates have a mean of 1
# why: dropout makes up for what it takes out
def ablate_heads(mha, x, gates, mask=None):
    q, k, v = (
        split_heads(project(x), mha.num_heads)  # noqa: F821
        for project in (mha.q_proj, mha.k_proj, mha.v_proj)
    )
    output, _ = masked_attention(q, k, v, mask)  # noqa: F821
    kept = gates / gates.mean().clamp(min=1e-6)
    return mha.o_proj(merge_heads(output * kept[:, None, None]))  # noqa: F821
