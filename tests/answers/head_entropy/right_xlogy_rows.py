# names:
# Row by row, with xlogy; a generator feeds the mean.
import torch


def rows_of(weights, mask):
    for b in range(weights.shape[0]):
        for i in range(weights.shape[-1]):
            if mask is None or bool(mask[b, i]):
                row = weights[b, :, i]
                yield -torch.special.xlogy(row, row).sum(-1)


def head_entropy(weights, mask=None):
    alone = weights.dim() == 3
    weights = weights[None] if alone else weights
    if mask is not None and alone:
        mask = mask[None]
    found = list(rows_of(weights, mask))
    if not found:
        return weights.new_zeros(weights.shape[1])
    return torch.stack(found, -1).mean(-1)
