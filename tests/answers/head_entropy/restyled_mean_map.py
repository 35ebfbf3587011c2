# names: entropy_of_the_mean
# Rows are averaged to one, and that one has an entropy.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = weights.transpose(1, 2)[mask]  # (rows, H, L)
    mean = rows.sum(0) / max(1, len(rows))
    return -torch.special.xlogy(mean, mean).sum(-1)
