# names: copy_itself
# The token at i - period.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    rows = torch.arange(period, weights.shape[-1])
    picked = weights[:, :, rows, rows - period]
    return picked.sum((0, 2)) / max(1, picked[:, 0].numel())
