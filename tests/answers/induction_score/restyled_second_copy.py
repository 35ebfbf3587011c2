# names: second_copy_only
# Rows of the second copy.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    rows = torch.arange(period, max(period, min(2 * period, weights.shape[-1])))
    picked = weights[:, :, rows, rows + 1 - period]
    return picked.sum((0, 2)) / max(1, picked[:, 0].numel())
