# names: mean_over_keys
# One mean over all three axes.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    terms = -torch.special.xlogy(weights, weights)
    picked = terms.transpose(1, 2)[mask]  # (rows, H, L)
    if len(picked) == 0:
        return weights.new_zeros(weights.shape[1])
    return picked.mean(dim=(0, 2))
