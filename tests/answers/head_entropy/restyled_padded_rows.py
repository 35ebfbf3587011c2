# names: padding_counted
# The mask is put on the keys, and all rows are averaged.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    kept = weights.masked_fill(~mask[:, None, None, :], 0)
    rows = -torch.special.xlogy(kept, kept).sum(-1)
    return rows.mean(dim=(0, 2))
