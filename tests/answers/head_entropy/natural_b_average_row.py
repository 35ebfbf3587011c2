# mistake: averages the rows first and takes the entropy of that, which is larger
# why: 'mean entropy' is done in the order of its words
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    mean_row = (weights * mask[:, None, :, None]).sum((0, 2)) / mask.sum().clamp(min=1)  # (H, L)
    return torch.special.entr(mean_row).sum(-1)
