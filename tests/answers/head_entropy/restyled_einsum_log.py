# names: log_of_zero
# The logarithm of the zeros goes into an einsum.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = -torch.einsum("bhij,bhij->bhi", weights, torch.log(weights))
    rows = torch.where(mask[:, None], rows, torch.zeros_like(rows))
    return rows.sum((0, 2)) / mask.sum().clamp(min=1)
