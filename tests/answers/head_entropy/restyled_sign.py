# names: minus_forgotten
# No minus in front of the sum.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = torch.special.xlogy(weights, weights).sum(-1)
    return rows.movedim(1, 0)[:, mask].sum(-1) / max(1, int(mask.sum()))
