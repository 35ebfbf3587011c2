# names:
# The logarithm of 1 stands where a weight is 0.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    safe = torch.where(weights > 0, weights, torch.ones_like(weights))
    rows = (weights * safe.log()).sum(-1).neg()  # (B, H, L)
    picked = rows.movedim(1, -1)[mask]
    return picked.sum(0) / max(len(picked), 1)
