# names: constant_in_the_logarithm
# 1e-6 is added in the logarithm.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    logs = torch.log(1e-6 + weights)
    rows = (-weights * logs).sum(dim=-1)
    return torch.einsum("bhi,bi->h", rows, mask.to(rows.dtype)) / mask.sum().clamp(min=1)
