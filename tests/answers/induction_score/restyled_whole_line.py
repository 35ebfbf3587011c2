# names: first_copy_counted
# The whole line of the map.
import torch


def induction_score(weights, period):
    weights, _ = as_batch(weights)  # noqa: F821
    length = weights.shape[-1]
    hits = [weights[:, :, c + period - 1, c] for c in range(length - period + 1)]
    if not hits:
        return weights.new_zeros(weights.shape[1])
    return torch.stack(hits, -1).mean(dim=(0, -1))
