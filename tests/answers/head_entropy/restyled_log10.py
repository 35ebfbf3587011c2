# names: in_bits
# The logarithm to base 10.
def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    logs = weights.log10().masked_fill(weights == 0, 0)
    rows = -(weights * logs).sum(-1) * mask[:, None]
    return rows.sum(-1).sum(0) / max(1, int(mask.sum()))
