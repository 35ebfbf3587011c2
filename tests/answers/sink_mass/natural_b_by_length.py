# mistake: takes a mask for a length: the first tokens are real, the rest is padding
# why: batches in tutorials are padded at the end
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    lengths = mask.sum(-1).tolist()
    parts = [maps[:, 1:length, 0] for maps, length in zip(weights, lengths, strict=True)]
    total = sum(part.sum(-1) for part in parts)
    return total / max(1, sum(part.shape[-1] for part in parts))
