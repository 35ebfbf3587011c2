# names: sink_at_position_0
# Column 0, and every real row but the sentence's first.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    keep = mask & (mask.cumsum(1) > 1)
    picked = weights.select(-1, 0).movedim(1, 2)[keep]
    return picked.sum(0) / max(1, picked.shape[0])
