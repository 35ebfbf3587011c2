# names:
# A template of ones below the diagonal, contracted by einsum.
import torch


def previous_token_score(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    length = weights.shape[-1]
    template = torch.diag(torch.ones(length - 1, dtype=weights.dtype), -1)  # (L, L)
    real = mask.to(weights.dtype)
    pairs = real[:, :, None] * real[:, None, :] * template  # (B, L, L)
    hits = torch.einsum("bhij,bij->h", weights, pairs)
    number = int(pairs.sum(dtype=torch.float64))
    return hits / number if number else torch.zeros_like(hits)
