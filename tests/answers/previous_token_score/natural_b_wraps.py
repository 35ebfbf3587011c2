# mistake: the first row counts: its previous token is position -1, the last one
# why: in Python index -1 exists, and nothing complains
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    i = torch.arange(weights.shape[-1])
    on_previous = weights[:, :, i, i - 1]  # (B, H, L)
    counts = mask & mask.roll(1, dims=-1)  # (B, L)
    total = (on_previous * counts[:, None]).sum((0, 2))
    return total / counts.sum().clamp(min=1)
