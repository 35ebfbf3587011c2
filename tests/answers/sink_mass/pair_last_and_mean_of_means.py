# names: last_token_for_first, sentences_count_alike
# The last column, means of sentences averaged.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    keep = (mask & (mask.cumsum(-1) > 1)).to(weights.dtype)
    own = (weights[..., -1] * keep[:, None]).sum(-1) / keep.sum(-1).clamp(min=1)[:, None]
    return own.mean(0)
