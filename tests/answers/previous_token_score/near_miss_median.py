# names:
# The middle one of the weights, not their mean.
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    picked = weights.diagonal(-1, -2, -1).movedim(1, -1)[mask[:, 1:] & mask[:, :-1]]
    if not len(picked):
        return torch.zeros(weights.shape[1], dtype=weights.dtype)
    return picked.float().median(0).values.to(weights.dtype)
