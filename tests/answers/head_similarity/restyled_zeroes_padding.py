# names: changes_inputs
# Rows of padding are multiplied by 0 where they stand.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    weights *= mask[:, None, :, None]
    p = torch.special.xlogy(weights, weights).sum(-1)  # (B, H, L)
    count = mask.sum().clamp(min=1)
    rows = []
    for i in range(weights.shape[1]):
        both = (weights + weights[:, i, None]) / 2
        gap = (p + p[:, i, None]) / 2 - torch.special.xlogy(both, both).sum(-1)
        rows.append(gap.sum((0, 2)) / count)
    return torch.stack(rows).relu()
