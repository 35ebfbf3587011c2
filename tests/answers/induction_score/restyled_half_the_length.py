# names: period_taken_from_length
# Two copies are taken for granted.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    half = weights.shape[-1] // 2
    rows = torch.arange(half, weights.shape[-1])
    picked = weights[:, :, rows, rows - half + 1]
    return picked.mean((0, 2))
