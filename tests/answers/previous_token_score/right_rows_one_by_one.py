# names:
# One row after the other, in plain Python loops over sentences and positions.
import torch


def previous_token_score(weights, mask=None):
    if weights.dim() == 3:
        weights = weights.unsqueeze(0)
        mask = None if mask is None else mask.unsqueeze(0)
    found = []
    for b in range(weights.shape[0]):
        for i in range(1, weights.shape[-1]):
            if mask is None or (mask[b, i] and mask[b, i - 1]):
                found.append(weights[b, :, i, i - 1])
    if not found:
        return weights.new_zeros(weights.shape[1])
    return torch.stack(found).mean(0)
