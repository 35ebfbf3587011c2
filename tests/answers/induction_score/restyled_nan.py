# names: nan_for_no_rows
# The mean of nothing.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    rows = torch.arange(period, weights.shape[-1])
    return weights[:, :, rows, rows + 1 - period].mean((0, 2))
