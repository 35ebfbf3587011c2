# names: sentences_not_averaged
# A mean over rows only.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    rows = torch.arange(period, weights.shape[-1])
    if len(rows) == 0:
        return weights.new_zeros(weights.shape[:2])
    return weights[:, :, rows, rows + 1 - period].mean(-1)
