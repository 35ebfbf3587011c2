# mistake: the mean of no rows is NaN where period == L
# why: the case without repeats is in the docstring and not in the text above
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)
    rows = torch.arange(period, weights.shape[-1])
    return weights[:, :, rows, rows - period + 1].mean(dim=(0, 2))
