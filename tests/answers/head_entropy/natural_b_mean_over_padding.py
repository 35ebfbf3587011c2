# mistake: rows of padding are set to 0 but still counted in the mean
# why: masked_fill looks like enough, and mean() divides by everything
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    entropy = -torch.xlogy(weights, weights).sum(-1)
    entropy = entropy.masked_fill(~mask[:, None, :], 0)
    return entropy.mean(dim=(0, 2))
