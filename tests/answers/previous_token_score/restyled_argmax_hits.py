# names: share_of_rows
# It is counted how often the previous token gets most.
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    best = weights.argmax(-1)[..., 1:]  # (B, H, L - 1)
    hit = best == torch.arange(weights.shape[-1] - 1)
    both = (mask[:, 1:] & mask[:, :-1])[:, None]
    return (hit & both).sum((0, 2)).to(weights.dtype) / both.sum().clamp(min=1)
