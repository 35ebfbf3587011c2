# names:
# Indices of sentences and of their first tokens; nan_to_num for empty ones.
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    order = torch.arange(len(mask))
    first = (mask.cumsum(-1) >= 1).int().argmax(-1)
    given = weights[order, :, :, first]  # (B, H, L)
    keep = mask & (mask.cumsum(-1) > 1)
    given = given.masked_fill(~keep.unsqueeze(1), 0)
    return torch.nan_to_num(given.sum(2).sum(0) / keep.sum())
