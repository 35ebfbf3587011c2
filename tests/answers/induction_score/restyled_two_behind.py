# names: two_behind_the_copy
# The token at i - period + 2.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    rows = torch.arange(period, weights.shape[-1])
    columns = (rows - period + 2).clamp(max=weights.shape[-1] - 1)
    picked = weights[:, :, rows, columns]
    return picked.sum((0, 2)) / max(1, picked[:, 0].numel())
