# names:
# Rows are picked by a boolean mask, so that what is left has one axis of rows.
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    positions = torch.arange(1, weights.shape[-1])
    before = weights[:, :, positions, positions - 1].transpose(1, 2)  # (B, L - 1, H)
    both = torch.logical_and(mask[:, positions], mask[:, positions - 1])
    picked = before[both]  # (rows, H)
    if len(picked) == 0:
        return weights.new_zeros(weights.shape[1])
    return picked.mean(dim=0)
