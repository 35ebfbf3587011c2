# names:
# One einsum: rows that count, and a one-hot vector of the first token.
import torch
import torch.nn.functional as F


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    first = F.one_hot(mask.long().argmax(1), mask.shape[1]).bool() & mask
    rows = (mask ^ first).to(weights.dtype)
    total = torch.einsum("bhij,bi,bj->h", weights, rows, first.to(weights.dtype))
    return total / max(1, int((mask ^ first).sum()))
