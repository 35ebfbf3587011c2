# mistake: averages the rows first and takes the entropy of the average
# why: "average it over all rows" is read as averaging the weights
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    m = mask[:, None, :, None].to(weights.dtype)
    row = (weights * m).sum((0, 2)) / m.sum().clamp(min=1)  # (H, L)
    return -torch.xlogy(row, row).sum(-1)
