# mistake: looks behind the first copy of the token, not behind the last one
# why: with two copies these are the same, and i % period is short
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    i = torch.arange(period, weights.shape[-1])
    if len(i) == 0:
        return weights.new_zeros(weights.shape[1])
    return weights[:, :, i, i % period + 1].mean((0, 2))
