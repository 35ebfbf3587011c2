# names:
# argmax finds the first real token, gather its column.
def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    first = mask.int().argmax(-1)  # (B,)
    index = first[:, None, None, None].expand(*weights.shape[:-1], 1)
    column = weights.gather(-1, index).squeeze(-1)  # (B, H, L)
    counts = mask.clone()
    counts.scatter_(1, first[:, None], False)
    picked = column.transpose(1, 2)[counts]  # (rows, H)
    return picked.sum(0) / max(len(picked), 1)
